import { join } from "node:path";
import { connect } from "../composition-root";
import { loadConfig, type Config } from "../config";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../shared/db/embedded-postgres";
import { isMigrated, migrate } from "../shared/db/migrate";

export const configOf = (valuesFiles: readonly string[] = []): Config =>
  loadConfig({ valuesFiles, env: process.env, cwd: process.cwd() }).config;

export interface Database {
  readonly url: string;
  /** Null where the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | null;
  stop(): Promise<void>;
}

/** The configured database, or one of our own under the data folder. */
export async function openDatabase(
  { database, dataDir }: Config,
  log: (message: string) => void = () => undefined,
): Promise<Database> {
  if (database.kind === "url") return { url: database.url, embedded: null, stop: async () => undefined };
  const embedded = await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), databaseName: "retrograde", log });
  return { url: embedded.url, embedded, stop: () => embedded.stop() };
}

/** Brings the database up to date. Answers the migrations that it ran. @throws Error if it is out of reach */
export const migrateDatabase = (database: Database): Promise<string[]> => withDataSource(database, migrate);

/**
 * Our own database is migrated along; anybody else's only if that was asked for.
 * @throws Error if the database is out of reach, or migrations are missing
 */
export async function requireMigrations(database: Database, { migrateFirst }: { readonly migrateFirst: boolean }): Promise<void> {
  if (database.embedded !== null || migrateFirst) {
    await migrateDatabase(database);
  } else if (!(await withDataSource(database, isMigrated))) {
    throw new Error("The database lacks migrations of this version: run `retrograde migrate`, or set MIGRATE_ON_START=true");
  }
}

async function withDataSource<T>({ url }: Database, use: (dataSource: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> {
  const dataSource = await connect(url, "migrations").catch((error: unknown) => {
    throw connectionProblem(url, error);
  });
  try {
    return await use(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Says which database it was, without its password. */
function connectionProblem(url: string, error: unknown): Error {
  const { host, pathname } = new URL(url);
  const reasons = error instanceof AggregateError ? error.errors : [error];
  const reason = reasons.map((one) => (one instanceof Error ? one.message : String(one))).join("; ");
  return new Error(`The database ${host}${pathname} cannot be reached: ${reason}`, { cause: error });
}
