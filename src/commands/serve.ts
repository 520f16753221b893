import { join } from "node:path";
import type { Logger } from "pino";
import { createApp, createLogger } from "../composition/composition-root";
import type { Config } from "../config";
import { prepareDemo } from "../demo/prepare-demo";
import { startingServer } from "../server/http/starting-server";
import { adoptConsole } from "../infrastructure/logging/adopt-console";
import { readableLines } from "../infrastructure/logging/readable-lines";
import { banner } from "./banner";
import { openDatabase, requireFit, requireMigrations, withConfig, type Database } from "./database";
import { Shutdown } from "./shutdown";
import { tellSetUp } from "./tell-set-up";
import { readOptions, VALUES_OPTION } from "./usage-error";

/** Beside the compiled service: dist/ui. */
const WEB_CLIENT = join(__dirname, "..", "..", "ui");

/** Resolves once the service is ready. The service then runs until the process receives SIGTERM or SIGINT. */
export async function serve(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  await withConfig(values, async (config, warnings) => {
    // With a database of its own it is a trial, and read by a person.
    const log = createLogger(config, config.database.kind === "embedded" ? readableLines(process.stdout) : undefined);
    adoptConsole(log);
    for (const warning of warnings) log.warn(`configuration: ${warning}`);
    const shutdown = new Shutdown(log);
    try {
      await start(config, log, shutdown);
    } catch (error) {
      // The process was told to stop while it was starting: a failure that follows from that is not reported.
      if (shutdown.hasBegun) return;
      await shutdown.stopAll();
      throw error;
    }
  });
}

async function start(config: Config, log: Logger, shutdown: Shutdown): Promise<void> {
  const report = (message: string): void => log.info(message);
  const placeholder = await shutdown.letFinish(startingServer(config.server));
  shutdown.add(() => placeholder.close());

  if (config.database.kind === "embedded") log.info("starting Postgres …");
  const opening = openDatabase(config, report);
  shutdown.add(() =>
    opening.then(
      (opened) => opened.stop(),
      () => undefined,
    ),
  );
  const database = await shutdown.letFinish(opening);
  stopWithDatabase(database, log, shutdown);
  const migrateFirst = config.database.kind === "url" && config.database.migrateOnStart;
  await shutdown.letFinish(requireFit(database));
  if (database.embedded !== null || migrateFirst) log.info("migrating the database …");
  await shutdown.letFinish(requireMigrations(database, { migrateFirst, report }));

  const demo =
    database.embedded === null
      ? null
      : await shutdown.letFinish(prepareDemo({ config, databaseUrl: database.url, log }));
  const creating = createApp({ config, databaseUrl: database.url, log, webClientFolder: WEB_CLIENT });
  shutdown.add(() =>
    creating.then(
      (app) => app.stop(),
      () => undefined,
    ),
  );
  const app = await shutdown.letFinish(creating);
  const { url, operatorUrl } = await shutdown.letFinish(app.start({ beforeListening: () => placeholder.close() }));
  if (demo !== null) {
    process.stdout.write(await banner(config, url, demo));
    if (config.auth.localEnabled) await demo.passwordShown();
  }
  await shutdown.letFinish(tellSetUp(app, config, log));
  log.info({ url, ...(operatorUrl !== undefined && { operatorUrl }) }, "ready");
}

function stopWithDatabase({ embedded }: Database, log: Logger, shutdown: Shutdown): void {
  void embedded?.exited.then((lastLines) => {
    if (shutdown.hasBegun) return;
    log.fatal({ lastLines }, "the embedded Postgres has ended by itself");
    process.exit(1);
  });
}
