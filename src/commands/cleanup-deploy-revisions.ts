import { pino } from "pino";
import { createApp, createLogger } from "../composition-root";
import { configOf, openDatabase, requireMigrations } from "./database";
import { readOptions, UsageError, VALUES_OPTION } from "./usage-error";

const STDERR = 2;

/** Called nightly by the platform's CronJob, as `cleanup-deploy-revisions -- --older-than=90`. Prints one line of JSON. */
export async function cleanUpDeployRevisions(args: string[]): Promise<void> {
  const options = readOptions(args, {
    ...VALUES_OPTION,
    "older-than": { type: "string" },
    "dry-run": { type: "boolean", default: false },
  });
  const olderThan = options["older-than"];
  if (olderThan !== undefined && !/^\d{1,5}$/.test(olderThan)) throw new UsageError("--older-than takes a number of days");
  const config = configOf(options.values);
  const database = await openDatabase(config);
  try {
    await requireMigrations(database, { migrateFirst: false });
    // The one line on stdout is the result; whoever parses it does not want the log there.
    const log = createLogger(config, pino.destination({ dest: STDERR, sync: true }));
    const app = await createApp({ config, databaseUrl: database.url, log });
    try {
      const result = await app.features.deploys.cleanUp.execute({
        olderThanDays: olderThan === undefined ? undefined : Number(olderThan),
        dryRun: options["dry-run"],
      });
      process.stdout.write(`${JSON.stringify(result)}\n`);
    } finally {
      await app.stop();
    }
  } finally {
    await database.stop();
  }
}
