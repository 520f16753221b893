import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import {
  Logger as GraphileLogger,
  runTaskList,
  type TaskList,
  type WorkerEvents,
  type WorkerPool,
} from "graphile-worker";
import type { Client, Pool, PoolClient } from "pg";
import type { Logger } from "pino";
import { inTime } from "../../kernel/in-time";
import { Outage } from "../../kernel/outage";
import { refusalOf } from "../outages/classify-outage";
import type { JobHandler } from "./job";
import { releasingOnce } from "./releasing-once";
import type { WorkerLease } from "./worker-lease";

const POLL_EVERY_MS = 2_000;
const START_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 2_000;
/** Switches off graphile-worker's own abort: this class aborts jobs, and replaced workers may finish theirs. */
const NEVER_MS = 2 ** 31 - 1;

/** Connections for one set of workers. */
export interface JobPool {
  readonly pool: Pool;
  close(): Promise<void>;
}

export interface JobWorkersOptions {
  readonly openPool: () => Promise<JobPool>;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly concurrency: number;
  readonly lease: Pick<WorkerLease, "register" | "release" | "keeps">;
  readonly log: Logger;
}

/** Why a set of workers has to be replaced. */
export interface Breakdown {
  readonly reason: string;
  /** Whether running jobs may be finished. */
  readonly mayFinish: boolean;
}

/**
 * One set of graphile-worker's workers, on connections of its own. graphile-worker does not replace a worker that has
 * ended, which happens when the end of a job cannot be written, and does not ask again for a job when the response was
 * lost. In both cases `broken` resolves, and the owner replaces the whole set, its connections included.
 */
export class JobWorkers {
  readonly broken: Promise<Breakdown>;
  /** When a job was last taken, by `performance.now()`. */
  takenAtMs = performance.now();
  private readonly ids = new Set<string>();
  private readonly living = new Set<string>();
  private readonly busy = new Set<string>();
  private readonly clients = new Set<Client>();
  private readonly aborting = new AbortController();
  private readonly graphile: WorkerPool;
  /**
   * The first look for a job. graphile-worker keeps the failure of its first statement for good: workers whose first
   * look failed never look again.
   */
  private looked: Promise<void> = Promise.resolve();
  private registration: Promise<null> | null = null;
  private isRegistered = false;
  private draining: Promise<void> | null = null;
  private breakDown: (breakdown: Breakdown) => void = () => undefined;

  private constructor(
    private readonly options: JobWorkersOptions,
    private readonly connections: JobPool,
  ) {
    this.broken = new Promise((resolve) => (this.breakDown = resolve));
    this.watchClients(connections.pool);
    const pgPool = releasingOnce(connections.pool);
    this.graphile = runTaskList(
      {
        pgPool,
        concurrency: options.concurrency,
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: NEVER_MS,
        pollInterval: POLL_EVERY_MS,
        events: this.events(),
        logger: graphileLogger(options.log),
        // Called before each job: no worker takes a job before the lease includes it.
        forbiddenFlags: () => (this.isRegistered ? null : this.register()),
      },
      this.tasks(),
      pgPool,
    );
  }

  /** Resolves once the workers look for jobs. @throws whatever the database throws */
  static async start(options: JobWorkersOptions): Promise<JobWorkers> {
    const workers = new JobWorkers(options, await options.openPool());
    try {
      await inTime(Promise.all([workers.register(), workers.looked]), START_WITHIN_MS);
    } catch (error) {
      await workers.abandon();
      throw error;
    }
    return workers;
  }

  get alive(): number {
    return this.living.size;
  }

  get idle(): number {
    return this.living.size - this.busy.size;
  }

  giveUp(breakdown: Breakdown): void {
    this.breakDown(breakdown);
  }

  /** Takes no more jobs, and resolves once the running jobs have ended. */
  drain(): Promise<void> {
    this.draining ??= this.graphile
      .gracefulShutdown()
      .catch(() => undefined)
      .then(() => this.disconnect());
    return this.draining;
  }

  /** Lets running jobs finish for `graceMs`, then aborts them. Jobs that do not end are returned to the queue. */
  async stop(graceMs: number): Promise<void> {
    const abort = setTimeout(() => this.aborting.abort(), graceMs);
    await inTime(this.drain(), graceMs + 2 * CLOSE_WITHIN_MS).catch(() => this.disconnect());
    clearTimeout(abort);
  }

  /** Ends the workers without another statement: they no longer own their jobs, or the database does not answer. */
  async abandon(): Promise<void> {
    this.aborting.abort();
    this.cut();
    await inTime(this.drain(), CLOSE_WITHIN_MS).catch(() => this.disconnect());
  }

  private register(): Promise<null> {
    // Deferred: graphile-worker has to create all of its workers first.
    this.registration ??= Promise.resolve().then(async () => {
      await this.options.lease.register([...this.ids]);
      this.isRegistered = true;
      return null;
    });
    return this.registration;
  }

  private events(): WorkerEvents {
    const events = new EventEmitter() as WorkerEvents;
    events.on("worker:create", ({ worker }) => {
      this.ids.add(worker.workerId);
      this.living.add(worker.workerId);
    });
    events.on("worker:stop", ({ worker, error }) => {
      this.living.delete(worker.workerId);
      this.options.lease.release([worker.workerId]);
      if (this.draining !== null) return;
      this.breakDown({
        reason: `a worker ended: ${error instanceof Error ? error.message : "without an error"}`,
        mayFinish: true,
      });
    });
    // The database may have locked a job for this worker although the response was lost. The lock lasts as long as the
    // worker.
    events.on("worker:getJob:error", ({ error }) => {
      this.breakDown({
        reason: `a worker could not look for jobs: ${error instanceof Error ? error.message : String(error)}`,
        mayFinish: true,
      });
    });
    events.on("job:start", () => (this.takenAtMs = performance.now()));
    this.looked = new Promise((resolve, reject) => {
      for (const event of ["worker:getJob:empty", "job:start"] as const) events.once(event, () => resolve());
      events.once("worker:getJob:error", ({ error }) => reject(error as Error));
    });
    this.looked.catch(() => undefined);
    return events;
  }

  private tasks(): TaskList {
    const { handlers, lease, log } = this.options;
    return Object.fromEntries(
      Object.entries(handlers).map(([task, handle]) => [
        task,
        async (payload, { job }) => {
          const workerId = job.locked_by ?? "";
          const jobLog = log.child({ jobId: job.id, task, attempt: job.attempts });
          this.busy.add(workerId);
          try {
            await handle(payload as Record<string, string>, {
              id: job.id,
              attempt: job.attempts,
              log: jobLog,
              signal: this.aborting.signal,
            });
          } catch (error) {
            const refusal = refusalOf(error);
            if (refusal instanceof Outage)
              jobLog.warn(
                { outage: refusal.kind, reason: String(error) },
                "job was interrupted by an outage; it will be tried again",
              );
            else jobLog.error({ err: error }, "job failed; it will be tried again");
            throw error;
          } finally {
            // graphile-worker removes every job whose task ends, even if another worker owns the job by now. In that
            // case this task never ends.
            if (!(await lease.keeps(workerId))) await new Promise(() => undefined);
            this.busy.delete(workerId);
          }
        },
      ]),
    );
  }

  private watchClients(pool: Pool): void {
    pool.on("error", () => undefined);
    pool.on("acquire", (client: PoolClient) => {
      if (this.clients.has(client)) return;
      this.clients.add(client);
      client.on("error", () => undefined);
    });
    pool.on("remove", (client: PoolClient) => void this.clients.delete(client));
  }

  private async disconnect(): Promise<void> {
    const closed = this.connections.close().catch(() => undefined);
    await inTime(closed, CLOSE_WITHIN_MS).catch(() => this.cut());
    this.options.lease.release([...this.ids]);
  }

  /** Closes the sockets without a protocol message, which a silent server would not answer. */
  private cut(): void {
    for (const client of this.clients) (client.connection.stream as Socket).destroy();
  }
}

/** Failed jobs are logged above; graphile-worker's own messages are for debugging. */
function graphileLogger(log: Logger): GraphileLogger {
  return new GraphileLogger((scope) => (_level, message, meta) => log.debug({ ...scope, ...meta }, message));
}
