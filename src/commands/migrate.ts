import { migrateDatabase, openDatabaseOfCommand, requireFit, withConfig } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";

/** Runs the migrations that are missing, beside a running service too; fine to call again. */
export async function runMigrations(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  await withConfig(values, async (config) => {
    const database = await openDatabaseOfCommand(config);
    try {
      await requireFit(database);
      const names = await migrateDatabase(database, (message) => process.stderr.write(`${message}\n`));
      process.stdout.write(names.length === 0 ? "The database is up to date\n" : `Migrated: ${names.join(", ")}\n`);
    } finally {
      await database.stop();
    }
  });
}
