import { configOf, migrateDatabase, openDatabase } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";

/** Runs what is missing; fine to call again. */
export async function runMigrations(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  const database = await openDatabase(configOf(values));
  try {
    const names = await migrateDatabase(database);
    process.stdout.write(names.length === 0 ? "The database is up to date\n" : `Migrated: ${names.join(", ")}\n`);
  } finally {
    await database.stop();
  }
}
