import type { Logger } from "pino";
import { createApp, createLogger, type App } from "../composition-root";
import type { Config } from "../config";
import { prepareDemo } from "../demo/prepare-demo";
import { readableLines } from "../shared/logging/readable-lines";
import { banner } from "./banner";
import { configOf, openDatabase, requireMigrations, type Database } from "./database";
import { Shutdown } from "./shutdown";
import { readOptions, VALUES_OPTION } from "./usage-error";

/** Answers when it has started; then it runs until it is told to stop. */
export async function serve(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  const config = configOf(values);
  // With a database of its own it is somebody's trial, and read by that person.
  const log = createLogger(config, config.database.kind === "embedded" ? readableLines(process.stdout) : undefined);
  const shutdown = new Shutdown(log);
  try {
    await start(config, log, shutdown);
  } catch (error) {
    // Told to stop while starting: what failed for that reason is no news.
    if (shutdown.hasBegun) return;
    await shutdown.stopAll();
    throw error;
  }
}

async function start(config: Config, log: Logger, shutdown: Shutdown): Promise<void> {
  const opening = openDatabase(config, (message) => log.info(message));
  shutdown.add(() => opening.then((opened) => opened.stop(), () => undefined));
  const database = await shutdown.letFinish(opening);
  stopWithDatabase(database, log, shutdown);
  const migrateFirst = config.database.kind === "url" && config.database.migrateOnStart;
  await shutdown.letFinish(requireMigrations(database, { migrateFirst }));

  const demo = database.embedded === null ? null : await shutdown.letFinish(prepareDemo({ config, databaseUrl: database.url, log }));
  const creating = createApp({ config, databaseUrl: database.url, log });
  shutdown.add(() => creating.then((app) => app.stop(), () => undefined));
  const app = await shutdown.letFinish(creating);
  const { url } = await shutdown.letFinish(listen(app, config));
  if (demo !== null) {
    process.stdout.write(await banner(config, url, demo));
    await demo.passwordShown();
  }
  log.info({ url }, "ready");
}

/** @throws Error "Port … is taken" */
async function listen(app: App, { server }: Config): Promise<{ readonly url: string }> {
  try {
    return await app.start();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${server.port} is taken; choose another with PORT`, { cause: error });
  }
}

function stopWithDatabase({ embedded }: Database, log: Logger, shutdown: Shutdown): void {
  void embedded?.exited.then((lastLines) => {
    if (shutdown.hasBegun) return;
    log.fatal({ lastLines }, "the embedded Postgres has ended by itself");
    process.exit(1);
  });
}
