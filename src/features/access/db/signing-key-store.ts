import type { DataSource } from "typeorm";
import { newId } from "../../../kernel/ids";
import type { Clock } from "../../../kernel/clock";
import { SigningKeyRow, type SigningKeyPurpose } from "./access.rows";

const CREATION_LOCK = 7_209_432;

export interface SigningKey {
  readonly privateKeyPem: string;
  /** Null where the key is not needed. */
  readonly certificatePem: string | null;
}

/** The key for one purpose that all replicas share where the installation brings none of its own; made once. */
export async function keptSigningKey(
  dataSource: DataSource,
  clock: Clock,
  purpose: SigningKeyPurpose,
  generate: () => SigningKey | Promise<SigningKey>,
): Promise<SigningKey> {
  return dataSource.transaction(async (manager) => {
    await manager.query("SELECT pg_advisory_xact_lock($1)", [CREATION_LOCK]);
    const kept = await manager.findOneBy(SigningKeyRow, { purpose });
    if (kept !== null) return kept;
    const key = await generate();
    await manager.insert(SigningKeyRow, { ...key, id: newId(), purpose, createdAt: clock() });
    return key;
  });
}
