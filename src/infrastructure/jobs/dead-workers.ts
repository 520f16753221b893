import type { Logger } from "pino";
import type { OwnConnection } from "./own-connection";

/** A worker without a lease is of an earlier version, which takes a worker's lock a moment after its first job. */
const GRACE_SECONDS = 5;

export interface DeadWorkersOptions {
  readonly connection: Pick<OwnConnection, "query" | "opened">;
  /** How long this process has to see no renewal, so that others can renew their leases after an outage. */
  readonly watchMs: number;
  readonly log: Pick<Logger, "warn">;
}

interface Lease {
  readonly id: string;
  readonly workerIds: string[];
  readonly seenAt: string;
  readonly expired: boolean;
}

/**
 * Finds processes that have died and returns their jobs to the queue. A process is dead if its lease is not renewed
 * while this process watches, and either the lease has run out, or Postgres has ended the session that held the locks.
 */
export class DeadWorkers {
  private watched = new Map<string, { readonly seenAt: string; readonly sinceMs: number }>();
  private watchedOn = -1;

  constructor(private readonly options: DeadWorkersOptions) {}

  async release(ownId: string, ownWorkers: readonly string[]): Promise<void> {
    await this.releaseLeases(ownId);
    await this.releaseWorkersWithoutLease(ownWorkers);
  }

  private async releaseLeases(ownId: string): Promise<void> {
    const { connection, watchMs, log } = this.options;
    const leases = await connection.query<Lease & Record<string, unknown>>(
      `SELECT id, worker_ids AS "workerIds", seen_at::text AS "seenAt", expires_at < now() AS expired
       FROM worker_lease WHERE id <> $1`,
      [ownId],
    );
    for (const lease of this.silentFor(watchMs, leases)) {
      if (!lease.expired && !(await this.areUnlocked(lease.workerIds))) continue;
      const taken = await connection.query(
        `WITH dead AS (DELETE FROM worker_lease WHERE id = $1 AND seen_at = $2::timestamptz RETURNING worker_ids)
         SELECT graphile_worker.force_unlock_workers(worker_ids) FROM dead`,
        [lease.id, lease.seenAt],
      );
      if (taken.length > 0)
        log.warn({ workerIds: lease.workerIds }, "a process that ran background jobs has died; its jobs run again");
    }
  }

  private silentFor(watchMs: number, leases: readonly Lease[]): Lease[] {
    // After a database outage all processes get time to renew their leases.
    if (this.watchedOn !== this.options.connection.opened) this.watched.clear();
    this.watchedOn = this.options.connection.opened;
    const now = performance.now();
    const watched = new Map(
      leases.map(({ id, seenAt }) => {
        const before = this.watched.get(id);
        return [id, before?.seenAt === seenAt ? before : { seenAt, sinceMs: now }];
      }),
    );
    this.watched = watched;
    return leases.filter(({ id }) => now - (watched.get(id)?.sinceMs ?? now) >= watchMs);
  }

  private async releaseWorkersWithoutLease(own: readonly string[]): Promise<void> {
    const { connection, log } = this.options;
    const found = await connection.query<{ workerId: string }>(
      `SELECT DISTINCT locked_by AS "workerId" FROM graphile_worker.jobs
       WHERE locked_by <> ALL ($1) AND locked_at < now() - ${GRACE_SECONDS} * interval '1 s'
         AND NOT EXISTS (SELECT 1 FROM worker_lease WHERE locked_by = ANY (worker_ids))`,
      [own],
    );
    for (const { workerId } of found) {
      if (!(await this.areUnlocked([workerId]))) continue;
      await connection.query("SELECT graphile_worker.force_unlock_workers($1)", [[workerId]]);
      log.warn({ workerId }, "a worker died; its jobs run again");
    }
  }

  /** Whether no session holds the lock of any of these workers. */
  private async areUnlocked(workerIds: readonly string[]): Promise<boolean> {
    const { connection } = this.options;
    const taken = await connection.query<{ workerId: string }>(
      `SELECT worker AS "workerId" FROM unnest($1::text[]) AS worker WHERE pg_try_advisory_lock(hashtextextended(worker, 0))`,
      [workerIds],
    );
    const ids = taken.map(({ workerId }) => workerId);
    await connection.query("SELECT pg_advisory_unlock(hashtextextended(worker, 0)) FROM unnest($1::text[]) AS worker", [
      ids,
    ]);
    return ids.length === workerIds.length;
  }
}
