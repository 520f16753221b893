import type { Pool } from "pg";
import { QueryFailedError, type QueryRunner } from "typeorm";

/**
 * Max wait of a schema change for a lock. Requests that need the table queue up behind it, so this is also the longest
 * delay that it causes them.
 */
export const LOCK_TIMEOUT_MS = 2_000;

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK_DETECTED = "40P01";

/** Limits each wait for a lock in the session to `LOCK_TIMEOUT_MS`, and lifts the limit on a statement's run time. */
export async function limitLockWaits(query: (text: string) => Promise<unknown>): Promise<void> {
  await query(
    `SELECT set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', false), set_config('statement_timeout', '0', false)`,
  );
}

/** Returns the pool with this limit on each connection that is taken from it. */
export function withLimitedLockWaits(pool: Pool): Pool {
  const connect = async () => {
    const client = await pool.connect();
    await limitLockWaits((text) => client.query(text));
    return client;
  };
  return Object.create(pool, { connect: { value: connect } }) as Pool;
}

/**
 * Runs a statement without a lock timeout: its wait for locks delays no requests, and a timeout would make it start
 * over.
 */
export async function withoutLimit(queryRunner: QueryRunner, statement: string): Promise<void> {
  await queryRunner.query("SELECT set_config('lock_timeout', '0', false)");
  try {
    await queryRunner.query(statement);
  } finally {
    await limitLockWaits((text) => queryRunner.query(text)).catch(() => undefined);
  }
}

export function isLockConflict(error: unknown): boolean {
  const { code } = (error instanceof QueryFailedError ? error.driverError : error) as { code?: unknown };
  return code === LOCK_NOT_AVAILABLE || code === DEADLOCK_DETECTED;
}

/**
 * Returns text such as `: pg_dump (process 4711) has had a transaction open for 41 s`; empty if no transaction is open.
 */
export async function describeOldestTransaction(queryRunner: QueryRunner): Promise<string> {
  const [oldest] = (await queryRunner.query(
    `SELECT pid, application_name AS name, extract(epoch FROM now() - xact_start)::integer AS seconds FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY xact_start LIMIT 1`,
  )) as { pid: number; name: string; seconds: number }[];
  if (oldest === undefined) return "";
  return `: ${oldest.name === "" ? "another session" : oldest.name} (process ${oldest.pid} of the server) has had a transaction open for ${oldest.seconds} s`;
}
