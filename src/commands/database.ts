import { join } from "node:path";
import { loadConfig, type Config } from "../config";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../shared/db/embedded-postgres";

export const configOf = (valuesFiles: readonly string[] = []): Config =>
  loadConfig({ valuesFiles, env: process.env, cwd: process.cwd() }).config;

export interface Database {
  readonly url: string;
  /** Null where the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | null;
  stop(): Promise<void>;
}

/** The configured database, or one of our own under the data folder. */
export async function openDatabase({ database, dataDir }: Config): Promise<Database> {
  if (database.kind === "url") return { url: database.url, embedded: null, stop: async () => undefined };
  const embedded = await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), databaseName: "retrograde" });
  return { url: embedded.url, embedded, stop: () => embedded.stop() };
}

/** Says which database it was, without its password. */
export function connectionProblem(url: string, error: unknown): Error {
  const { host, pathname } = new URL(url);
  const reason = error instanceof AggregateError ? error.errors.map(String).join("; ") : String(error);
  return new Error(`The database ${host}${pathname} cannot be reached: ${reason}`, { cause: error });
}
