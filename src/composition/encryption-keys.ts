import type { Config } from "../config";
import { keptSecretKey } from "../infrastructure/secrets/kept-secret-key";

/** The keys that encrypt secrets. An installation with the embedded database needs no configuration. */
export async function encryptionKeysOf({ secrets, database, dataDir }: Config): Promise<readonly string[]> {
  if (secrets.encryptionKeys.length > 0 || database.kind !== "embedded") return secrets.encryptionKeys;
  return [await keptSecretKey(dataDir)];
}
