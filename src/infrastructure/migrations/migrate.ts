import { setTimeout as sleep } from "node:timers/promises";
import { MigrationExecutor, type DataSource, type Migration, type QueryRunner } from "typeorm";
import { migrateJobQueue } from "../jobs/job-runner";
import { poolOf } from "../postgres/data-source";
import {
  describeOldestTransaction,
  isLockConflict,
  LOCK_TIMEOUT_MS,
  limitLockWaits,
  withLimitedLockWaits,
} from "../postgres/lock-waits";

/** An arbitrary number that no other lock uses. Never change it: it makes different versions exclude each other. */
const MIGRATION_LOCK = 7_209_430;
const LOCK_POLL_MS = 500;
/**
 * Longer than `LOCK_TIMEOUT_MS`, so that requests that have queued up behind an attempt are served before the next one.
 */
const RETRY_AFTER_MS = 3_000;

type Report = (message: string) => void;

/**
 * Brings the database up to date while other versions serve requests; several processes may try at once. A migration
 * that does not get its locks within two seconds gives way to the requests behind it, and is retried until it gets
 * them. Each migration runs in a transaction of its own, or manages its own (`transaction = false`), and an interrupted
 * one is run again by the next call. Returns the names of the migrations that were run.
 */
export async function migrate(dataSource: DataSource, report: Report = () => undefined): Promise<string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    return await withMigrationLock(queryRunner, report, async () => {
      await limitLockWaits((text) => queryRunner.query(text));
      await repeatedly(queryRunner, "The job queue's migration", report, () =>
        migrateJobQueue(withLimitedLockWaits(poolOf(dataSource))),
      );
      const executor = new MigrationExecutor(dataSource, queryRunner);
      const pending = await executor.getPendingMigrations();
      // On a new database all migrations are pending, and their names would be of no use.
      const isUpgrade = pending.length < dataSource.migrations.length;
      for (const migration of pending) {
        if (isUpgrade) report(`migration ${migration.name}`);
        await repeatedly(queryRunner, `Migration ${migration.name}`, report, () =>
          run(executor, queryRunner, migration),
        );
      }
      return pending.map(({ name }) => name);
    });
  } finally {
    await queryRunner.release();
  }
}

/**
 * The lock and the migrations share a connection: if it is lost, both are. The lock is polled, because a statement that
 * waits has a snapshot, and `CREATE INDEX CONCURRENTLY` in the process that holds the lock waits for all snapshots.
 */
async function withMigrationLock<T>(queryRunner: QueryRunner, report: Report, work: () => Promise<T>): Promise<T> {
  const tryLock = async (): Promise<boolean> => {
    const [row] = (await queryRunner.query("SELECT pg_try_advisory_lock($1) AS locked", [MIGRATION_LOCK])) as {
      locked: boolean;
    }[];
    return row?.locked === true;
  };
  if (!(await tryLock())) {
    report("another process migrates the database; waiting until it has finished");
    do await sleep(LOCK_POLL_MS);
    while (!(await tryLock()));
  }
  try {
    return await work();
  } finally {
    // A lost connection has lost the lock, too.
    await queryRunner.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => undefined);
  }
}

async function run(executor: MigrationExecutor, queryRunner: QueryRunner, migration: Migration): Promise<void> {
  if (migration.instance?.transaction === false) return void (await executor.executeMigration(migration));
  await queryRunner.startTransaction();
  try {
    await executor.executeMigration(migration);
    await queryRunner.commitTransaction();
  } catch (error) {
    await queryRunner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** Retries without a limit: until the migration has its locks, the version before it goes on serving. */
async function repeatedly(
  queryRunner: QueryRunner,
  what: string,
  report: Report,
  attempt: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLockConflict(error)) throw error;
      const oldest = await describeOldestTransaction(queryRunner);
      report(`${what} did not get its locks within ${LOCK_TIMEOUT_MS / 1_000} s and will be tried again${oldest}`);
      await sleep(RETRY_AFTER_MS);
    }
  }
}

/**
 * Whether all migrations of this version have been run. Only reads: TypeORM's own check would first create its table,
 * from every replica that asks.
 */
export async function isMigrated(dataSource: DataSource): Promise<boolean> {
  const { migrationsTableName } = dataSource.options;
  const [table] = await dataSource.query<{ exists: boolean }[]>("SELECT to_regclass($1) IS NOT NULL AS exists", [
    migrationsTableName,
  ]);
  if (table?.exists !== true) return false;
  const run = await dataSource.query<{ name: string }[]>(`SELECT name FROM "${migrationsTableName}"`);
  const names = new Set(run.map(({ name }) => name));
  return dataSource.migrations.every(({ name, constructor }) => names.has(name ?? constructor.name));
}
