import { setTimeout as sleep } from "node:timers/promises";
import { runMigrations } from "graphile-worker";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { inTime } from "../../kernel/in-time";
import { backOffMs } from "../../kernel/back-off";
import type { JobHandler } from "./job";
import { JobSchedule, type ScheduledJob } from "./job-schedule";
import { JobWorkers, type Breakdown, type JobPool } from "./job-workers";
import { OwnConnection } from "./own-connection";
import { StuckJobs } from "./stuck-jobs";
import { WorkerLease } from "./worker-lease";

/** Workers that ran for this long were healthy: their next failure counts as the first. */
const WELL_AFTER_MS = 10_000;
const MAX_RESTART_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const LOOKS_PER_CHECK = 5;
const STUCK_AFTER_MS = 30_000;
/** How long jobs have to be stuck while the database answers. Idle workers look for jobs every two seconds. */
const STUCK_FOR_SURE_MS = 10_000;
/** The readiness check reports a lease that was not renewed for this long. */
const SILENT_AFTER_MS = 10_000;
const ABORT_JOBS_AFTER_MS = 5_000;
const END_LOOPS_WITHIN_MS = 1_000;
const RETURN_LEASE_WITHIN_MS = 2_000;

export interface JobRunnerOptions {
  readonly databaseUrl: string;
  readonly openPool: () => Promise<JobPool>;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly schedules: readonly ScheduledJob[];
  readonly concurrency: number;
  readonly leaseSeconds: number;
  readonly log: Logger;
}

export interface WorkersStatus {
  readonly configured: number;
  readonly alive: number;
  /** A message that anyone may read; null if there is no problem. */
  readonly problem: string | null;
}

/** Creates or upgrades graphile-worker's own tables. */
export const migrateJobQueue = (pool: Pool): Promise<void> => runMigrations({ pgPool: pool });

/**
 * Runs the jobs of the outbox until it is stopped; any number of processes may do so on one database.
 *
 * Supervises its workers: they are replaced if they have ended, take no job although one is due, or lost their lease.
 * The backoff has no max number of retries. No failure here ends the process.
 */
export class JobRunner {
  private readonly connection: OwnConnection;
  private readonly lease: WorkerLease;
  private readonly schedule: JobSchedule;
  private readonly stuck: StuckJobs;
  private readonly stopping = new AbortController();
  /** Replaced workers that still finish their jobs. */
  private readonly draining = new Set<JobWorkers>();
  private workers: JobWorkers | null = null;
  /** Why workers were last replaced, for the log. */
  private reason = "they have not started";
  private reported: string | null = null;
  private stuckSinceMs: number | null = null;
  private loops: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: JobRunnerOptions) {
    const { databaseUrl, log, leaseSeconds, schedules, handlers } = options;
    this.connection = new OwnConnection(databaseUrl, "liveness");
    this.lease = new WorkerLease({
      connection: this.connection,
      leaseMs: leaseSeconds * 1_000,
      onLost: () => this.lost(),
      log,
    });
    this.schedule = new JobSchedule(schedules, this.connection, log);
    this.stuck = new StuckJobs(this.connection, Object.keys(handlers));
  }

  /** Resolves after the first attempt to start the workers, even if it failed: retries follow. */
  static async start(options: JobRunnerOptions): Promise<JobRunner> {
    const runner = new JobRunner(options);
    runner.lease.start();
    runner.schedule.start();
    let supervising: Promise<void> = Promise.resolve();
    await new Promise<void>((tried) => {
      supervising = runner.supervise(tried);
    });
    runner.loops = Promise.all([supervising, runner.watch()]);
    return runner;
  }

  get status(): WorkersStatus {
    const { concurrency: configured } = this.options;
    const alive = this.workers?.alive ?? 0;
    return { configured, alive, problem: this.problem(configured, alive) };
  }

  /**
   * Lets running jobs finish; those that do not finish in time are returned to the queue. Works without a database too.
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.schedule.stop();
    // A start may be in progress while the database is unreachable.
    await inTime(this.loops, END_LOOPS_WITHIN_MS).catch(() => undefined);
    const all = [...this.draining, ...(this.workers === null ? [] : [this.workers])];
    await Promise.allSettled(all.map((workers) => workers.stop(ABORT_JOBS_AFTER_MS)));
    await inTime(this.lease.stop(), RETURN_LEASE_WITHIN_MS).catch((error: unknown) => {
      this.options.log.warn({ err: error }, "the lease of the workers could not be given back; it runs out by itself");
    });
    this.connection.close();
  }

  private async supervise(tried: () => void): Promise<void> {
    const { signal } = this.stopping;
    const stopped = new Promise<null>((resolve) =>
      signal.addEventListener("abort", () => resolve(null), { once: true }),
    );
    for (let failures = 0; !signal.aborted;) {
      const startedAtMs = performance.now();
      try {
        const workers = await JobWorkers.start({ ...this.options, lease: this.lease });
        if (signal.aborted) return await workers.abandon();
        this.workers = workers;
        this.report();
        tried();
        const breakdown = await Promise.race([workers.broken, stopped]);
        if (breakdown === null) return;
        this.reason = breakdown.reason;
        this.replace(workers, breakdown);
      } catch (error) {
        this.reason = error instanceof Error ? error.message : String(error);
      }
      this.report();
      tried();
      failures = performance.now() - startedAtMs > WELL_AFTER_MS ? 1 : failures + 1;
      // The first restart has no delay.
      const waitMs = failures === 1 ? 0 : Math.min(backOffMs(failures - 1, null), MAX_RESTART_MS);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private replace(workers: JobWorkers, { mayFinish }: Breakdown): void {
    this.workers = null;
    this.draining.add(workers);
    void (mayFinish ? workers.drain() : workers.abandon()).finally(() => this.draining.delete(workers));
  }

  private lost(): void {
    const reason = "this process showed no sign of life for longer than its lease, and others took its jobs";
    this.options.log.warn(`${reason}; its workers are replaced`);
    for (const workers of this.draining) void workers.abandon();
    this.workers?.giveUp({ reason, mayFinish: false });
  }

  /** Looks for jobs that no worker takes, since workers may be broken without an error. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    for (let tick = 1; !signal.aborted; tick++) {
      this.report();
      if (tick % LOOKS_PER_CHECK === 0) await this.checkForStuckJobs();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async checkForStuckJobs(): Promise<void> {
    const { workers } = this;
    const foundSinceMs = this.stuckSinceMs;
    this.stuckSinceMs = null;
    if (workers === null || workers.idle === 0 || performance.now() - workers.takenAtMs < STUCK_AFTER_MS) return;
    try {
      if (!(await this.stuck.areThere(STUCK_AFTER_MS))) return;
      this.stuckSinceMs = foundSinceMs ?? performance.now();
      // The database may have been unreachable until now.
      if (performance.now() - this.stuckSinceMs < STUCK_FOR_SURE_MS) return;
      this.stuckSinceMs = null;
      workers.giveUp({ reason: "a job was due for 30 s and idle workers did not take it", mayFinish: false });
    } catch (error) {
      this.options.log.debug({ err: error }, "could not look for jobs that nobody takes");
    }
  }

  private problem(configured: number, alive: number): string | null {
    const { silentMs } = this.lease;
    if (this.workers === null) return "no background jobs run";
    if (alive < configured) return `${alive} of ${configured} workers run background jobs`;
    if (silentMs > SILENT_AFTER_MS)
      return `the workers have not reached the database for ${Math.round(silentMs / 1_000)} s`;
    return null;
  }

  private report(): void {
    const { problem } = this.status;
    if (this.stopping.signal.aborted || (problem === null) === (this.reported === null)) return;
    this.reported = problem;
    if (problem === null) this.options.log.info(`all ${this.options.concurrency} workers run background jobs again`);
    else this.options.log.warn({ reason: this.reason }, problem);
  }
}
