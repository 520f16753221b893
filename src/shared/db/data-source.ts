import { DataSource, type EntityManager, type QueryRunner } from "typeorm";
import pg, { type Pool, type PoolClient, type QueryResultRow } from "pg";
import type { PostgresDriver } from "typeorm/driver/postgres/PostgresDriver";
import { migrations } from "../../../migrations";
import type { Instant } from "../domain/instant";
import { PreparedClient } from "./prepared-client";
import type { Sql } from "./sql";
import { StatementQueue } from "./statement-queue";

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly entities: readonly (new () => object)[];
  /** Stands in pg_stat_activity. */
  readonly applicationName?: string;
}

/**
 * The one way to the database. Sessions run in UTC, and `timestamptz(3)` columns come back as `Instant`s
 * wherever SQL is written by hand.
 */
export function createDataSource({ url, poolSize, entities, applicationName = "retrograde" }: DatabaseOptions): DataSource {
  return new DataSource({
    type: "postgres",
    url,
    poolSize,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: "schema_migration",
    migrationsTransactionMode: "each",
    applicationName,
    installExtensions: false,
    extra: {
      Client: PreparedClient,
      pipeline: true,
      types: { getTypeParser },
      options: "-c TimeZone=UTC -c DateStyle=ISO",
      connectionTimeoutMillis: 10_000,
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

/** Postgres drops trailing zeros of the fraction: `2024-07-15 09:30:00.5+00`. */
export function parseTimestamptz(text: string): Instant {
  const fraction = text.length > 22 ? text.slice(20, -3) : "";
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, "0")}Z`;
}

/** The connections that TypeORM uses itself. */
export const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as PostgresDriver).master as Pool;

/**
 * Statements written by hand, on any of TypeORM's connections or on that of the open transaction, and straight
 * to its client: TypeORM's own `query` adds a query runner, events and logging to each, which costs about as
 * much as a short statement (docs/adr/0004). In a transaction they reach Postgres in the order of the calls, those
 * that nobody has waited for included.
 */
export function sqlOf(source: DataSource | EntityManager): Sql {
  if ("driver" in source) return queueOf(poolOf(source));
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
