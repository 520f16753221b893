import { connect } from "../composition-root";
import { migrate } from "../shared/db/migrate";
import { configOf, connectionProblem, openDatabase } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";

/** Runs what is missing; fine to call again. */
export async function migrateDatabase(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  const database = await openDatabase(configOf(values));
  try {
    const dataSource = await connect(database.url).catch((error: unknown) => {
      throw connectionProblem(database.url, error);
    });
    const names = await migrate(dataSource);
    await dataSource.destroy();
    process.stdout.write(names.length === 0 ? "The database is up to date\n" : `Migrated: ${names.join(", ")}\n`);
  } finally {
    await database.stop();
  }
}
