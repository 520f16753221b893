import type { QueryRunner } from "typeorm";
import { withoutLimit } from "../postgres/lock-waits";

/**
 * Changes of tables that are in use, only for migrations with `transaction = false`. Each may be called again after it
 * was interrupted at any moment.
 */

/** Creates an index while reads and writes continue. `on` is the text behind ON: `table (column, …) WHERE …`. */
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
  // An interrupted build leaves an index that is written to and never read.
  if (index !== undefined) await dropIndex(queryRunner, name);
  await withoutLimit(queryRunner, `CREATE ${unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${name} ON ${on}`);
}

async function dropIndex(queryRunner: QueryRunner, name: string): Promise<void> {
  await withoutLimit(queryRunner, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

/**
 * `definition` is the text behind the constraint's name, as in `CHECK (…)` or `FOREIGN KEY (…) REFERENCES …`. New rows
 * are checked at once; existing rows are checked while reads and writes continue.
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
