import { connect, createApp, createLogger, type App } from "../composition-root";
import type { Config } from "../config";
import { prepareDemo } from "../demo/prepare-demo";
import { isMigrated, migrate } from "../shared/db/migrate";
import { banner } from "./banner";
import { configOf, connectionProblem, openDatabase, type Database } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";

/** Runs until it is told to stop. */
export async function serve(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  const config = configOf(values);
  const log = createLogger(config);
  const database = await openDatabase(config);
  try {
    await prepareDatabase(database);
    const demo = database.embedded === null ? null : await prepareDemo(config, database.url);
    const app = await createApp({ config, databaseUrl: database.url, log });
    await startServer(app, config);
    if (demo !== null) process.stdout.write(banner(config, demo));
    log.info({ port: config.server.port }, "ready");
    stopWhenTold(app, database, (reason) => log.fatal({ reason }, "stopping"));
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** @throws Error if the database is out of reach or, unless it is our own, lacks migrations */
async function prepareDatabase({ url, embedded }: Database): Promise<void> {
  const dataSource = await connect(url).catch((error: unknown) => {
    throw connectionProblem(url, error);
  });
  try {
    if (embedded !== null || process.env["MIGRATE_ON_START"] === "true") await migrate(dataSource);
    else if (!(await isMigrated(dataSource))) {
      throw new Error("The database lacks migrations of this version: run `retrograde migrate`, or set MIGRATE_ON_START=true");
    }
  } finally {
    await dataSource.destroy();
  }
}

async function startServer(app: App, { server }: Config): Promise<void> {
  try {
    await app.start();
  } catch (error) {
    await app.stop();
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      throw new Error(`Port ${server.port} is taken; choose another with PORT`, { cause: error });
    }
    throw error;
  }
}

function stopWhenTold(app: App, database: Database, fatal: (reason: string) => void): void {
  let stopping = false;
  const stop = (exitCode: number): void => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    void app
      .stop()
      .then(() => database.stop())
      .then(() => process.exit(exitCode), () => process.exit(1));
  };
  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  void database.embedded?.exited.then((lastLines) => {
    if (stopping) return;
    fatal(`the embedded Postgres has ended: ${lastLines}`);
    process.exit(1);
  });
}
