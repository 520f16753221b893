import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../composition/composition-root";
import { DatabaseUnreachable, explainStartError, loadConfig, type Config, type LoadedConfig } from "../config";
import {
  DataFolderInUse,
  findRunningPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../embedded-postgres";
import { checkServer, UnfitDatabase } from "../infrastructure/postgres/check-server";
import { isMigrated, migrate } from "../infrastructure/migrations/migrate";
import { withTlsMode } from "../infrastructure/postgres/tls-mode";

const loadedConfig = (valuesFiles: readonly string[]): LoadedConfig =>
  loadConfig({ valuesFiles, env: process.env, cwd: process.cwd() });

export const configOf = (valuesFiles: readonly string[] = []): Config => loadedConfig(valuesFiles).config;

/**
 * Runs work with the configuration. Its errors name the setting that they come from.
 *
 * @throws what `work` throws, or the same in words
 */
export async function withConfig<T>(
  valuesFiles: readonly string[] = [],
  work: (config: Config, warnings: readonly string[]) => Promise<T>,
): Promise<T> {
  const loaded = loadedConfig(valuesFiles);
  return work(loaded.config, loaded.warnings).catch((error: unknown) => {
    throw explainStartError(error, loaded);
  });
}

export interface Database {
  readonly url: string;
  /** Null where another process or an operator runs the database. */
  readonly embedded: EmbeddedPostgres | null;
  stop(): Promise<void>;
}

/** The configured database, or one of our own under the data folder. */
export async function openDatabase(
  { database, dataDir }: Config,
  log: (message: string) => void = () => undefined,
): Promise<Database> {
  if (database.kind === "url") {
    const url = await withTlsMode(database.url).catch((error: unknown) => {
      throw connectionProblem(database.url, error);
    });
    return { url, embedded: null, stop: async () => undefined };
  }
  const embedded = await startEmbeddedPostgres({ ...placeOf(dataDir), log });
  return { url: embedded.url, embedded, stop: () => embedded.stop() };
}

const DATABASE_NAME = "retrograde";
/** A service that is starting may have to recover its database first. */
const RUNNING_SERVICE_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 200;

const placeOf = (dataDir: string) => ({ dataDir: join(dataDir, "postgres"), databaseName: DATABASE_NAME });

/**
 * The database for a command beside the service: where the embedded Postgres runs already, the command uses it, and
 * leaves it running.
 *
 * @throws DataFolderInUse if another process holds the data folder for a minute without a Postgres
 */
export async function openDatabaseOfCommand(config: Config): Promise<Database> {
  for (const end = Date.now() + RUNNING_SERVICE_WITHIN_MS; ; await sleep(LOOK_AGAIN_MS)) {
    try {
      return await openDatabase(config);
    } catch (error) {
      if (!(error instanceof DataFolderInUse)) throw error;
      const { dataDir, databaseName } = placeOf(config.dataDir);
      const url = await findRunningPostgres(dataDir, databaseName);
      if (url !== undefined) return { url, embedded: null, stop: async () => undefined };
      if (Date.now() > end) throw error;
    }
  }
}

/** Brings the database up to date. Returns the migrations that were run. @throws Error if it is out of reach */
export const migrateDatabase = (database: Database, report: (message: string) => void): Promise<string[]> =>
  withDataSource(database, (dataSource) => migrate(dataSource, report));

/**
 * Migrates the embedded database. Another one is migrated only with MIGRATE_ON_START.
 * @throws Error if the database is out of reach, or migrations are missing
 */
export async function requireMigrations(
  database: Database,
  {
    migrateFirst,
    report = () => undefined,
  }: { readonly migrateFirst: boolean; readonly report?: (message: string) => void },
): Promise<void> {
  if (database.embedded !== null || migrateFirst) {
    await migrateDatabase(database, report);
  } else if (!(await withDataSource(database, isMigrated))) {
    throw new Error(
      "The database lacks migrations of this version: run `retrograde migrate`, or set MIGRATE_ON_START=true",
    );
  }
}

/**
 * @throws Error where a pooler or a read-only database would make the service fail later on, or if it is out of reach
 */
export async function requireFit({ url, embedded }: Database): Promise<void> {
  // Our own is as we have set it up.
  if (embedded !== null) return;
  await checkServer(url).catch((error: unknown) => {
    if (error instanceof UnfitDatabase)
      throw new Error(`The database ${nameOf(url)} cannot be used: ${error.message}`, { cause: error });
    throw connectionProblem(url, error);
  });
}

async function withDataSource<T>(
  { url }: Database,
  use: (dataSource: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
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
  const reasons = error instanceof AggregateError ? error.errors : [error];
  const reason = reasons.map((one) => (one instanceof Error ? one.message : String(one))).join("; ");
  return new DatabaseUnreachable(`The database ${nameOf(url)} cannot be reached: ${reason}`, { cause: error });
}

function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
