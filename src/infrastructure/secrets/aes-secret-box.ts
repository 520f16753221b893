import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import {
  SecretsNotTaken,
  SecretUnreadable,
  type SecretBox,
  type Sealed,
  type SecretKeeper,
} from "../../kernel/secret-box";

const CIPHER = "aes-256-gcm";
/** As NIST SP 800-38D recommends for GCM. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "v1";
const KEY_ID_LENGTH = 8;

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * AES-256-GCM. Sealed text is `v1.<id of the key>.<nonce>.<ciphertext and tag>`; holder and field are
 * authenticated along with it. A key's id is the beginning of its SHA-256, so that keys can stand in any order.
 */
export class AesSecretBox implements SecretBox {
  private readonly keys: readonly Key[];

  /** The first key seals, all of them open; without any nothing can be sealed. */
  constructor(keysInBase64: readonly string[]) {
    this.keys = keysInBase64.map((key) => {
      const bytes = Buffer.from(key, "base64");
      return { id: hash("sha256", bytes, "hex").slice(0, KEY_ID_LENGTH), bytes };
    });
  }

  get hasKey(): boolean {
    return this.keys.length > 0;
  }

  of(holderId: string): SecretKeeper {
    return {
      seal: (plaintext, field) => this.seal(plaintext, `${holderId}/${field}`),
      open: (sealed, field) => this.open(sealed, `${holderId}/${field}`),
      isCurrent: (sealed) => this.isCurrent(sealed),
    };
  }

  isCurrent(sealed: Sealed): boolean {
    return this.keys[0] === undefined || sealed.startsWith(`${VERSION}.${this.keys[0].id}.`);
  }

  private seal(plaintext: string, place: string): Sealed {
    const [key] = this.keys;
    if (key === undefined) throw new SecretsNotTaken();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key.bytes, nonce).setAAD(Buffer.from(place));
    const content = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, key.id, nonce.toString("base64url"), content.toString("base64url")].join(".");
  }

  private open(sealed: Sealed, place: string): string {
    const [version, keyId = "", nonce = "", text = "", ...more] = sealed.split(".");
    const key = this.keys.find(({ id }) => id === keyId);
    if (version !== VERSION || more.length > 0) throw new SecretUnreadable("this is not a sealed secret");
    if (key === undefined)
      throw new SecretUnreadable(`the key ${keyId.slice(0, KEY_ID_LENGTH)} is not among those configured`);
    const content = Buffer.from(text, "base64url");
    try {
      const decipher = createDecipheriv(CIPHER, key.bytes, Buffer.from(nonce, "base64url"), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(place)).setAuthTag(content.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(content.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
    } catch (error) {
      throw new SecretUnreadable("it was changed, or belongs somewhere else", { cause: error });
    }
  }
}
