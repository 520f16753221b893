import { pino } from "pino";
import { createLogger } from "../composition/composition-root";
import { rotateSigningKey as rotate } from "../composition/rotate-signing-key";
import type { Config } from "../config";
import { openDatabaseOfCommand, requireFit, requireMigrations, withConfig } from "./database";
import { readOptions, UsageError, VALUES_OPTION } from "./usage-error";

const STDERR = 2;

/** Makes a new key that signs, beside a running service too. Its replicas learn of it by themselves. */
export async function rotateSigningKey(args: string[]): Promise<void> {
  const {
    values,
    registry,
    "end-sessions": endSessions,
  } = readOptions(args, {
    ...VALUES_OPTION,
    registry: { type: "boolean", default: false },
    "end-sessions": { type: "boolean", default: false },
  });
  if (registry && endSessions) throw new UsageError("--registry and --end-sessions are of different keys");
  await withConfig(values, async (config) => {
    requireOwnKey(config, registry);
    const database = await openDatabaseOfCommand(config);
    try {
      await requireFit(database);
      await requireMigrations(database, { migrateFirst: false });
      const log = createLogger(config, pino.destination({ dest: STDERR, sync: true }));
      const which = registry ? "REGISTRY" : "SESSIONS";
      await rotate(config, { databaseUrl: database.url, log, which, endSessions });
    } finally {
      await database.stop();
    }
  });
  process.stdout.write(`${told(registry, endSessions)}\n`);
}

/** @throws UsageError if the configuration names the key */
function requireOwnKey({ auth, registry }: Config, ofRegistry: boolean): void {
  if (ofRegistry && registry.certPath !== undefined)
    throw new UsageError("jwt.registry.certPath names the registry's key: replace tls.key and tls.crt there");
  if (!ofRegistry && auth.signingKeyPath !== undefined)
    throw new UsageError(
      "jwt.certPath names the key that signs sessions: replace that file, and name the former one by jwt.previousCertPath",
    );
}

function told(registry: boolean, endSessions: boolean): string {
  if (registry)
    return "The registry's tokens have a new key. Restart all replicas, and give the registry its certificate (GET /v1/registry/certificate).";
  return endSessions
    ? "Sessions have a new key, the former ones are gone, and everybody has to sign in again. Restart all replicas."
    : "Sessions have a new key. Nobody is signed out: the former key proves the sessions that it has signed until they end.";
}
