import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../../src/composition/composition-root";
import { migrate } from "../../src/infrastructure/migrations/migrate";
import { startEmbeddedPostgres } from "../../src/embedded-postgres";
import { administer, TEMPLATE_DATABASE, withDatabase } from "./database";
import { TemporaryFolder } from "./temporary-folder";

declare global {
  /** Ends the run's server and removes its temp folder. Returns what tests have left in it. */
  var endTestRun: (() => Promise<string[]>) | undefined;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One temp folder and one server for the whole run, and in it a migrated database that every test file clones. */
export default async function globalSetup(): Promise<void> {
  const temporary = new TemporaryFolder();
  let stopServer = async (): Promise<void> => {};
  const end = async (): Promise<string[]> => {
    await stopServer();
    const left = temporary.entries();
    await temporary.remove();
    return left;
  };
  // Jest runs no global teardown when it is interrupted.
  const interrupted = (signal: NodeJS.Signals): void => {
    void end().finally(() => process.kill(process.pid, signal));
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  globalThis.endTestRun = async () => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    return end();
  };

  try {
    process.env["RETROGRADE_TEST_SERVER_URL"] =
      process.env["TEST_DATABASE_URL"] ?? (await startServer((stop) => (stopServer = stop)));
    await administer(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE} WITH (FORCE)`);
    await administer(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
    const dataSource = await connect(
      withDatabase(process.env["RETROGRADE_TEST_SERVER_URL"], TEMPLATE_DATABASE),
      "migrations",
    );
    await migrate(dataSource);
    await dataSource.destroy();
  } catch (error) {
    await globalThis.endTestRun();
    throw error;
  }
}

async function startServer(onStarted: (stop: () => Promise<void>) => void): Promise<string> {
  const dataDir = join(process.env["TMPDIR"] ?? "", "postgres");
  const server = await startEmbeddedPostgres({ dataDir, databaseName: "postgres", durable: false });
  onStarted(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return server.url;
}
