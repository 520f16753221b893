import type { DataSource } from "typeorm";
import { migrateJobQueue } from "../jobs/job-runner";
import { poolOf } from "./data-source";

/** Any constant will do that nothing else locks on. */
const MIGRATION_LOCK = 7_209_430;

/** Brings the database up to date; several processes may try at once. Answers the migrations that it ran. */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const client = await poolOf(dataSource).connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migrateJobQueue(poolOf(dataSource));
    return (await dataSource.runMigrations()).map(({ name }) => name);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]).finally(() => client.release());
  }
}

/**
 * Whether this version's migrations have all been run. Only looks: TypeORM's own answer would first create its
 * table, from every replica that asks.
 */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  const { migrationsTableName } = dataSource.options;
  const [table] = await dataSource.query<{ exists: boolean }[]>("SELECT to_regclass($1) IS NOT NULL AS exists", [migrationsTableName]);
  if (table?.exists !== true) return false;
  const run = await dataSource.query<{ name: string }[]>(`SELECT name FROM "${migrationsTableName}"`);
  const names = new Set(run.map(({ name }) => name));
  return dataSource.migrations.every(({ name, constructor }) => names.has(name ?? constructor.name));
}
