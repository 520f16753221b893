import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

const ALGORITHMS: Readonly<Record<string, string>> = { ed25519: "EdDSA", rsa: "RS256", ec: "ES256" };
/** An unknown key is looked up at most this often, because anybody can name one. */
const LOOK_AGAIN_MS = 1_000;

export interface SessionKey {
  /** Tokens name their key by it. */
  readonly id: string;
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** @throws Error if the PEM holds no Ed25519, RSA or EC P-256 private key */
function sessionKey(privateKeyPem: string): SessionKey {
  const privateKey = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(privateKey);
  const { asymmetricKeyType: type = "", asymmetricKeyDetails } = privateKey;
  const algorithm = ALGORITHMS[type];
  if (algorithm === undefined || (type === "ec" && asymmetricKeyDetails?.namedCurve !== "prime256v1"))
    throw new Error("The signing key has to be an Ed25519, RSA or EC P-256 private key");
  const id = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64url")
    .slice(0, 16);
  return { id, algorithm, privateKey, publicKey };
}

/** The keys of session tokens: the first one signs, all of them prove. They are read anew after a change. */
export class SessionKeys {
  private stale = false;
  private readAtMs = 0;

  private constructor(
    private keys: readonly SessionKey[],
    private readonly read: (() => Promise<readonly string[]>) | null,
  ) {}

  /** Keys that stay as they are. */
  static fixed(pems: readonly string[]): SessionKeys {
    return new SessionKeys(pems.map(sessionKey), null);
  }

  /** @param read the PEMs, the one that signs first */
  static async following(read: () => Promise<readonly string[]>): Promise<SessionKeys> {
    return new SessionKeys((await read()).map(sessionKey), read);
  }

  /** Makes the next use read the keys anew. */
  refresh(): void {
    this.stale = true;
  }

  async signing(): Promise<SessionKey> {
    await this.readIfStale();
    const [key] = this.keys;
    if (key === undefined) throw new Error("There is no key to sign sessions with");
    return key;
  }

  /** Null for a key that is not, or no longer, the installation's. */
  async find(id: string | undefined): Promise<SessionKey | null> {
    await this.readIfStale();
    const known = this.keys.find((key) => key.id === id);
    if (known !== undefined || this.read === null || Date.now() - this.readAtMs < LOOK_AGAIN_MS) return known ?? null;
    // Another replica may have signed with a key that this one has not heard of yet.
    this.stale = true;
    await this.readIfStale();
    return this.keys.find((key) => key.id === id) ?? null;
  }

  private async readIfStale(): Promise<void> {
    if (!this.stale || this.read === null) return;
    this.stale = false;
    this.readAtMs = Date.now();
    try {
      const pems = await this.read();
      if (pems.length > 0) this.keys = pems.map(sessionKey);
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }
}
