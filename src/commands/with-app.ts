import { pino } from "pino";
import { createApp, createLogger, type App } from "../composition/composition-root";
import type { Config } from "../config";
import { openDatabaseOfCommand, requireFit, requireMigrations } from "./database";

const STDERR = 2;

/**
 * The application without its server and jobs, for a command that prints its result. Other programs
 * parse stdout, so the log goes to stderr.
 */
export async function withApp<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  const database = await openDatabaseOfCommand(config);
  try {
    await requireFit(database);
    await requireMigrations(database, { migrateFirst: false });
    const log = createLogger(config, pino.destination({ dest: STDERR, sync: true }));
    const app = await createApp({ config, databaseUrl: database.url, log });
    try {
      return await work(app);
    } finally {
      await app.stop();
    }
  } finally {
    await database.stop();
  }
}
