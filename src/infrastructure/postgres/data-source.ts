import { DataSource, type EntityManager, type MigrationInterface, type QueryRunner } from "typeorm";
import pg, { type Pool, type PoolClient, type QueryResultRow } from "pg";
import type { PostgresDriver } from "typeorm/driver/postgres/PostgresDriver";
import { toInstant, type Instant } from "../../kernel/instant";
import { connectionSettings, type ConnectionPurpose } from "./connection-settings";
import { PreparedClient } from "./prepared-client";
import type { Sql } from "./sql";
import { StatementQueue } from "./statement-queue";
import { sqlInTransaction } from "./transaction";

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly entities: readonly (new () => object)[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly purpose?: ConnectionPurpose;
}

/** A pool for TypeORM and hand-written SQL that returns `timestamptz(3)` columns as `Instant`s. */
export function createDataSource({
  url,
  poolSize,
  entities,
  migrations,
  purpose = "requests",
}: DatabaseOptions): DataSource {
  const { connectionString, ...settings } = connectionSettings(url, purpose);
  return new DataSource({
    type: "postgres",
    url: connectionString,
    poolSize,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: "schema_migration",
    migrationsTransactionMode: "each",
    installExtensions: false,
    extra: {
      Client: PreparedClient,
      pipeline: true,
      types: { getTypeParser },
      ...settings,
    },
  });
}

const TIMESTAMPTZ = 1184;
const INT8 = 20;

function getTypeParser(oid: number, format?: "text" | "binary"): unknown {
  if (format !== "binary" && oid === TIMESTAMPTZ) return parseTimestamptz;
  if (format !== "binary" && oid === INT8) return Number;
  return pg.types.getTypeParser(oid, format ?? "text");
}

const IN_UTC = "+00";

/**
 * Parses Postgres' text form, without trailing zeros in the fraction: `2024-07-15 09:30:00.5+00`. Sessions run in UTC,
 * but a pooler may have lost that setting, so any other offset is converted.
 */
export function parseTimestamptz(text: string): Instant {
  if (!text.endsWith(IN_UTC)) return inOtherZone(text);
  const fraction = text.length > 22 ? text.slice(20, -3) : "";
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, "0")}Z`;
}

const WITH_OFFSET = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/** @throws Error if the text is not an instant of the years 1 to 9999 in the ISO style */
function inOtherZone(text: string): Instant {
  const parts = WITH_OFFSET.exec(text);
  if (parts === null) throw new Error(`The database answers an instant in a form that is not ISO: ${text}`);
  const [, date, time, sign, hours = "0", minutes = "0", seconds = "0"] = parts;
  const offsetMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return toInstant(Date.parse(`${date}T${time}Z`) + (sign === "+" ? -offsetMs : offsetMs));
}

/** The pool that TypeORM itself uses. */
export const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as PostgresDriver).master as Pool;

/**
 * Runs hand-written statements on any connection of TypeORM's pool, or on that of the open transaction, directly on its
 * client: TypeORM's own `query` adds a query runner, events and logging to each, which costs about as much as a short
 * statement (docs/adr/0004). In a transaction statements reach Postgres in the order of the calls, including those that
 * are not awaited.
 */
export function sqlOf(source: DataSource | EntityManager): Sql {
  if ("driver" in source) return queueOf(poolOf(source));
  const sql = sqlInTransaction(source);
  if (sql !== undefined) return sql;
  const { queryRunner, connection } = source;
  return queryRunner === undefined ? queueOf(poolOf(connection)) : sqlOfTransaction(queryRunner);
}

const queues = new WeakMap<Pool, StatementQueue>();

function queueOf(pool: Pool): StatementQueue {
  let queue = queues.get(pool);
  if (queue === undefined) {
    queue = new StatementQueue(pool);
    queues.set(pool, queue);
  }
  return queue;
}

const sqlOfTransaction = (queryRunner: QueryRunner): Sql => ({
  async query<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const client = (await queryRunner.connect()) as PoolClient;
    const { rows } = await client.query<Row & QueryResultRow>(text, [...parameters]);
    return rows;
  },
});
