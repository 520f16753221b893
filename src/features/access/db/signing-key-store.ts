import { LessThan, type DataSource, type EntityManager } from "typeorm";
import { newId } from "../../../kernel/ids";
import type { Clock } from "../../../kernel/clock";
import { toInstant } from "../../../kernel/instant";
import {
  ENCRYPTION_KEYS_SETTING,
  SecretUnreadable,
  SigningKeyUnavailable,
  type SecretBox,
} from "../../../kernel/secret-box";
import { SigningKeyRow, type SigningKeyPurpose } from "./access.rows";

const CREATION_LOCK = 7_209_432;
const FIELD = "private_key_pem";
const NEWEST_FIRST = { createdAt: "DESC", id: "DESC" } as const;

export interface SigningKey {
  readonly privateKeyPem: string;
  /** Null where the key is not needed. */
  readonly certificatePem: string | null;
}

type Generate = () => SigningKey | Promise<SigningKey>;

/** There is no key to encrypt the signing key with, so it is not kept. */
class SigningKeyNotKept extends SigningKeyUnavailable {
  constructor(purpose: SigningKeyPurpose) {
    const own =
      purpose === "REGISTRY"
        ? "astronomer.houston.config.jwt.registry.certPath"
        : "astronomer.houston.config.jwt.certPath";
    super(
      `There is no key to encrypt the installation's signing keys with. Set ${ENCRYPTION_KEYS_SETTING} (SECRETS__ENCRYPTION_KEYS) to the output of ` +
        `\`openssl rand -base64 32\` and start again, or bring a key that signs by ${own}.`,
    );
    this.name = "SigningKeyNotKept";
  }
}

class SigningKeyUnreadable extends SigningKeyUnavailable {
  constructor(purpose: SigningKeyPurpose, cause: SecretUnreadable) {
    const command = `retrograde rotate-signing-key --${purpose === "REGISTRY" ? "registry" : "end-sessions"}`;
    super(
      `The installation's signing key cannot be decrypted: ${cause.message}. Bring that key back in ${ENCRYPTION_KEYS_SETTING}, or replace the signing key with \`${command}\`.`,
      { cause },
    );
    this.name = "SigningKeyUnreadable";
  }
}

/** The keys that all replicas share where the installation brings none of its own, sealed in the database. */
export class SigningKeyStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly box: SecretBox,
  ) {}

  /**
   * The key that signs for the purpose, made by `generate` once. Seals keys that are in plain text, or sealed by an
   * older key.
   * @throws SigningKeyNotKept, SigningKeyUnreadable
   */
  async keep(purpose: SigningKeyPurpose, generate: Generate): Promise<SigningKey> {
    return this.exclusively(async (manager) => {
      const [newest, ...older] = await manager.find(SigningKeyRow, { where: { purpose }, order: NEWEST_FIRST });
      if (newest === undefined) return this.insert(manager, purpose, await generate());
      for (const row of older) {
        const key = this.openIfReadable(row);
        if (key !== null) await this.sealAgain(manager, row, key);
      }
      const key = this.open(newest);
      await this.sealAgain(manager, newest, key);
      return key;
    });
  }

  /** Every key of the purpose that can be read, newest first. */
  async read(purpose: SigningKeyPurpose): Promise<SigningKey[]> {
    const rows = await this.dataSource.manager.find(SigningKeyRow, { where: { purpose }, order: NEWEST_FIRST });
    return rows.map((row) => this.openIfReadable(row)).filter((key) => key !== null);
  }

  /**
   * A new key that signs from now on. Those of before go on proving what they have signed, unless they are replaced.
   * @throws SigningKeyNotKept
   */
  async add(
    manager: EntityManager,
    purpose: SigningKeyPurpose,
    { generate, replace }: { readonly generate: Generate; readonly replace: boolean },
  ): Promise<void> {
    await manager.query("SELECT pg_advisory_xact_lock($1)", [CREATION_LOCK]);
    if (replace) await manager.delete(SigningKeyRow, { purpose });
    await this.insert(manager, purpose, await generate());
  }

  /** Removes keys of sessions that were replaced so long ago that nothing they have signed is valid. */
  async removeReplaced(replacedBeforeMs: number): Promise<void> {
    const [newest] = await this.dataSource.manager.find(SigningKeyRow, {
      where: { purpose: "SESSIONS", createdAt: LessThan(toInstant(replacedBeforeMs)) },
      order: NEWEST_FIRST,
      take: 1,
    });
    if (newest === undefined) return;
    await this.dataSource.manager.delete(SigningKeyRow, { purpose: "SESSIONS", createdAt: LessThan(newest.createdAt) });
  }

  private async exclusively<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock($1)", [CREATION_LOCK]);
      return work(manager);
    });
  }

  private async insert(manager: EntityManager, purpose: SigningKeyPurpose, key: SigningKey): Promise<SigningKey> {
    const id = newId();
    await manager.insert(SigningKeyRow, {
      id,
      purpose,
      privateKeyPem: this.seal(id, purpose, key.privateKeyPem),
      certificatePem: key.certificatePem,
      createdAt: this.clock(),
    });
    return key;
  }

  private async sealAgain(manager: EntityManager, { id, purpose, privateKeyPem }: SigningKeyRow, key: SigningKey) {
    if (!isPlain(privateKeyPem) && this.box.isCurrent(privateKeyPem)) return;
    await manager.update(SigningKeyRow, { id }, { privateKeyPem: this.seal(id, purpose, key.privateKeyPem) });
  }

  private seal(id: string, purpose: SigningKeyPurpose, pem: string): string {
    if (!this.box.hasKey) throw new SigningKeyNotKept(purpose);
    return this.box.of(id).seal(pem, FIELD);
  }

  private open({ id, purpose, privateKeyPem, certificatePem }: SigningKeyRow): SigningKey {
    if (isPlain(privateKeyPem)) return { privateKeyPem, certificatePem };
    try {
      return { privateKeyPem: this.box.of(id).open(privateKeyPem, FIELD), certificatePem };
    } catch (error) {
      if (error instanceof SecretUnreadable) throw new SigningKeyUnreadable(purpose, error);
      throw error;
    }
  }

  private openIfReadable(row: SigningKeyRow): SigningKey | null {
    try {
      return this.open(row);
    } catch (error) {
      if (error instanceof SigningKeyUnreadable) return null;
      throw error;
    }
  }
}

const isPlain = (pem: string): boolean => pem.startsWith("-----BEGIN");
