import type { Pool } from "pg";
import type { Logger } from "pino";
import { inTime } from "../kernel/in-time";
import { DatabaseClock } from "../infrastructure/postgres/database-clock";
import { databaseState, type DatabaseState } from "../infrastructure/postgres/database-state";
import { DataFolder, type DataFolderState } from "../infrastructure/files/data-folder";
import type { Metrics } from "../infrastructure/metrics/metrics";
import { OutageLog } from "../infrastructure/outages/outage-log";

/**
 * A database or folder that takes longer counts as away: the readiness check has to answer before its prober gives up,
 * after about three seconds.
 */
const ANSWER_WITHIN_MS = 2_000;

interface SurroundingsOptions {
  readonly pool: Pool;
  readonly dataDir: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The state of the database and of the data folder, for readiness, for the log and for metrics. */
export function watchDependencies({ pool, dataDir, log, metrics }: SurroundingsOptions) {
  const folder = new DataFolder(dataDir);
  const databaseClock = new DatabaseClock(pool, log);
  const database = (): Promise<DatabaseState> => databaseState(pool, ANSWER_WITHIN_MS);
  const dataFolder = (): Promise<DataFolderState | "no answer"> =>
    inTime(folder.check(), ANSWER_WITHIN_MS).catch(() => "no answer" as const);
  const answers = async (): Promise<boolean> => (await database()) !== "unreachable";
  const takesFiles = async (): Promise<boolean> => (await dataFolder()) === "ok";
  const outages = new OutageLog(log, {
    DATABASE_AWAY: answers,
    DATABASE_SLOW: answers,
    DATABASE_READ_ONLY: async () => (await database()) === "ok",
    DATA_FOLDER_FULL: takesFiles,
    DATA_FOLDER_NOT_WRITABLE: takesFiles,
  });
  metrics.watchDataFolderFree(() => folder.freeBytes());
  return {
    database,
    dataFolder,
    outages,
    databaseClock,
    async stop(): Promise<void> {
      outages.stop();
      databaseClock.stop();
      await folder.close();
    },
  };
}
