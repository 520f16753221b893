import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { newId } from "../../kernel/ids";
import { DeadWorkers } from "./dead-workers";
import type { OwnConnection } from "./own-connection";

const MAX_BEAT_MS = 2_000;
const BEATS_PER_LEASE = 8;

export interface WorkerLeaseOptions {
  readonly connection: Pick<OwnConnection, "query" | "opened">;
  /** Without a renewal for this long, by the database's clock, a process counts as dead. */
  readonly leaseMs: number;
  /** Called if the lease ran out and another process has taken the jobs of these workers, which must then stop. */
  readonly onLost: () => void;
  readonly log: Pick<Logger, "warn" | "debug">;
}

/**
 * Shows that this process is alive, by a row that it renews by the database's clock. While it has the lease its workers
 * keep their jobs. It also looks for processes whose lease ran out, and returns their jobs to the queue;
 * graphile-worker alone would wait four hours, as it cannot distinguish a dead worker from a slow one.
 *
 * A process that was suspended for longer than its lease finds its row gone. Its workers no longer own the jobs that
 * they still run: other workers may have taken them, and `keeps` returns false.
 */
export class WorkerLease {
  private readonly workers = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly dead: DeadWorkers;
  private readonly beatMs: number;
  private id = newId();
  private held = false;
  private confirmed = { monotonicMs: -Infinity, wallMs: -Infinity };
  /** Workers that have ended and whose jobs still have to be returned to the queue. */
  private ended: string[] = [];
  private lockedOn = { opened: -1, workers: new Set<string>() };
  private lastBeat: Promise<void> = Promise.resolve();
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly options: WorkerLeaseOptions) {
    this.beatMs = Math.min(MAX_BEAT_MS, options.leaseMs / BEATS_PER_LEASE);
    this.dead = new DeadWorkers({ ...options, watchMs: 2 * this.beatMs });
  }

  start(): void {
    this.loop = this.run();
  }

  /** Resolves once the lease in the database includes these workers. */
  async register(workerIds: readonly string[]): Promise<void> {
    for (const workerId of workerIds) this.workers.add(workerId);
    await this.beat();
    if (!workerIds.every((workerId) => this.workers.has(workerId)))
      throw new Error("The lease of this process ran out");
  }

  /** Returns the jobs of workers that have ended to the queue. */
  release(workerIds: readonly string[]): void {
    this.ended.push(...workerIds.filter((workerId) => this.workers.delete(workerId)));
    // A failure needs no handling: the loop retries.
    void this.beat().catch(() => undefined);
  }

  /** Milliseconds since the last renewal that the database confirmed. */
  get silentMs(): number {
    return Math.max(performance.now() - this.confirmed.monotonicMs, Date.now() - this.confirmed.wallMs);
  }

  /** Whether the worker still owns the jobs that it runs. Waits for the database if that is not certain. */
  async keeps(workerId: string): Promise<boolean> {
    while (this.workers.has(workerId) && this.silentMs > this.options.leaseMs / 2) {
      if (this.stopping.signal.aborted) return false;
      await this.beat().catch(() => this.pause(this.beatMs / 4));
    }
    return this.workers.has(workerId);
  }

  /** Gives up the lease and returns all running jobs to the queue at once. The caller limits the time. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.lastBeat;
    const workerIds = [...this.workers, ...this.ended];
    this.workers.clear();
    await this.options.connection.query(
      "WITH own AS (DELETE FROM worker_lease WHERE id = $1) SELECT graphile_worker.force_unlock_workers($2)",
      [this.id, workerIds],
    );
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.beat();
        await this.dead.release(this.id, [...this.workers, ...this.ended]);
      } catch (error) {
        this.options.log.debug({ err: error }, "the lease of the workers could not be renewed");
      }
      await this.pause(this.beatMs);
    }
  }

  /** Renewals run one after another. @throws whatever the database throws */
  private beat(): Promise<void> {
    const beat = this.lastBeat.then(() => this.renew());
    this.lastBeat = beat.catch(() => undefined);
    return beat;
  }

  private async renew(): Promise<void> {
    const at = { monotonicMs: performance.now(), wallMs: Date.now() };
    const values = [this.id, [...this.workers], this.options.leaseMs];
    if (this.held) {
      const rows = await this.options.connection.query(RENEW, values);
      if (rows.length === 0) return this.lost();
    } else {
      await this.options.connection.query(TAKE, values);
      this.held = true;
    }
    this.confirmed = at;
    await this.lock();
    await this.unlockEnded();
  }

  private lost(): void {
    this.held = false;
    this.id = newId();
    this.workers.clear();
    this.options.onLost();
  }

  /**
   * Locks the worker ids in the session. Such a lock ends as soon as its process is killed, long before the lease runs
   * out. It is only a hint: after the loss of a machine or a network the session lives on. Processes of earlier
   * versions, which have no lease, rely on these locks alone.
   */
  private async lock(): Promise<void> {
    const { connection } = this.options;
    if (this.lockedOn.opened !== connection.opened) this.lockedOn = { opened: connection.opened, workers: new Set() };
    const { workers } = this.lockedOn;
    const missing = [...this.workers].filter((workerId) => !workers.has(workerId));
    if (missing.length === 0) return;
    const locked = await connection.query<{ workerId: string }>(
      `SELECT worker AS "workerId" FROM unnest($1::text[]) AS worker WHERE pg_try_advisory_lock(hashtextextended(worker, 0))`,
      [missing],
    );
    for (const { workerId } of locked) workers.add(workerId);
  }

  private async unlockEnded(): Promise<void> {
    const workerIds = this.ended;
    if (workerIds.length === 0) return;
    await this.options.connection.query("SELECT graphile_worker.force_unlock_workers($1)", [workerIds]);
    this.ended = this.ended.filter((workerId) => !workerIds.includes(workerId));
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

const RENEW = `
  UPDATE worker_lease SET worker_ids = $2, seen_at = now(), expires_at = now() + $3 * interval '1 ms'
  WHERE id = $1 RETURNING id`;

/** An upsert, because the response to an earlier attempt may have been lost. */
const TAKE = `
  INSERT INTO worker_lease (id, worker_ids, seen_at, expires_at) VALUES ($1, $2, now(), now() + $3 * interval '1 ms')
  ON CONFLICT (id) DO UPDATE SET worker_ids = excluded.worker_ids, seen_at = now(), expires_at = excluded.expires_at`;
