import type { QueryRunner } from "typeorm";
import { withoutLimit } from "../postgres/lock-waits";

/**
 * Changes of tables that are in use. Only for migrations with `transaction = false`. Each may be called again after it
 * was cut off at any moment.
 */

/** `name` and then what stands behind ON: `table (column, …) WHERE …`. Readers and writers go on while it is built. */
export async function createIndex(
  queryRunner: QueryRunner,
  name: string,
  on: string,
  { unique = false } = {},
): Promise<void> {
  const [index] = (await queryRunner.query(
    "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)",
    [name],
  )) as { valid: boolean }[];
  if (index?.valid === true) return;
  // A build that was cut off leaves an index that is written to and never read.
  if (index !== undefined) await dropIndex(queryRunner, name);
  await withoutLimit(queryRunner, `CREATE ${unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${name} ON ${on}`);
}

async function dropIndex(queryRunner: QueryRunner, name: string): Promise<void> {
  await withoutLimit(queryRunner, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

/**
 * `definition` is what stands behind the constraint's name, as in `CHECK (…)` or `FOREIGN KEY (…) REFERENCES …`. New
 * rows are held to it at once; those that are there are looked through while readers and writers go on.
 */
export async function addConstraint(
  queryRunner: QueryRunner,
  table: string,
  name: string,
  definition: string,
): Promise<void> {
  const [constraint] = (await queryRunner.query(
    "SELECT convalidated AS valid FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2",
    [table, name],
  )) as { valid: boolean }[];
  if (constraint?.valid === true) return;
  if (constraint === undefined)
    await queryRunner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition} NOT VALID`);
  await withoutLimit(queryRunner, `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`);
}
