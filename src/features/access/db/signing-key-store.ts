import type { DataSource } from "typeorm";
import { newId } from "../../../shared/app/ids";
import type { Clock } from "../../../shared/app/clock";
import { SigningKeyRow } from "./access.rows";

const CREATION_LOCK = 7_209_432;

/** The signing key that all replicas share where the installation brings none of its own. */
export async function keptSigningKey(dataSource: DataSource, clock: Clock, generate: () => string): Promise<string> {
  return dataSource.transaction(async (manager) => {
    await manager.query("SELECT pg_advisory_xact_lock($1)", [CREATION_LOCK]);
    const kept = await manager.findOne(SigningKeyRow, { where: {}, order: { createdAt: "ASC" } });
    if (kept !== null) return kept.privateKeyPem;
    const privateKeyPem = generate();
    await manager.insert(SigningKeyRow, { id: newId(), privateKeyPem, createdAt: clock() });
    return privateKeyPem;
  });
}
