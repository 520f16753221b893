import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { connectionSettings } from "../db/connection-settings";
import { SessionClient } from "../db/session-client";

const LOOK_EVERY_MS = 2_000;
/** A worker takes its first job a moment before its lock is held; younger claims are not questioned. */
const GRACE_SECONDS = 5;

interface LivenessOptions {
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly events: WorkerEvents;
  readonly log: Logger;
}

/**
 * Gives the jobs of dead workers back to the queue. graphile-worker alone would wait four hours, as it
 * cannot tell a killed worker from a slow one. Here every worker holds a session-level advisory lock named
 * after itself: Postgres lets go of it the moment the process is gone, and whoever can take the lock of a
 * worker knows that it is dead.
 *
 * A worker whose connection broke while it lives loses its claim too; handlers are fenced for that.
 */
export class WorkerLiveness {
  private readonly own = new Set<string>();
  private readonly stopped = new AbortController();
  private client: SessionClient | null = null;
  private loop: Promise<void> = Promise.resolve();
  private holding: Promise<void> = Promise.resolve();

  private constructor(private readonly options: LivenessOptions) {}

  static async start(options: LivenessOptions): Promise<WorkerLiveness> {
    const liveness = new WorkerLiveness(options);
    await liveness.connect();
    options.events.on("worker:create", ({ worker }) => {
      liveness.own.add(worker.workerId);
      void liveness.hold(worker.workerId);
    });
    options.events.on("worker:stop", ({ worker }) => liveness.own.delete(worker.workerId));
    liveness.loop = liveness.watch();
    return liveness;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.loop;
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new SessionClient(connectionSettings(this.options.databaseUrl, "liveness"));
    client.on("error", () => {
      if (this.client === client) this.client = null;
    });
    await client.connect();
    this.client = client;
    for (const workerId of this.own) await this.hold(workerId);
  }

  /** One after another: a connection runs one statement at a time. */
  private hold(workerId: string): Promise<void> {
    this.holding = this.holding.then(() => this.lock(workerId));
    return this.holding;
  }

  private async lock(workerId: string): Promise<void> {
    try {
      await this.client?.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [workerId]);
    } catch (error) {
      this.options.log.warn({ err: error, workerId }, "could not announce a worker as alive");
    }
  }

  private async watch(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        if (this.client === null) await this.connect();
        await this.holding;
        await this.releaseJobsOfTheDead();
      } catch (error) {
        this.options.log.warn({ err: error }, "could not look for jobs of dead workers");
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private async releaseJobsOfTheDead(): Promise<void> {
    const { rows } = await this.options.pool.query<{ workerId: string }>(
      `SELECT DISTINCT locked_by AS "workerId" FROM graphile_worker.jobs
       WHERE locked_by IS NOT NULL AND locked_at < now() - ${GRACE_SECONDS} * interval '1 s'`,
    );
    for (const { workerId } of rows) {
      if (this.own.has(workerId) || this.client === null) continue;
      const taken = await this.client.query<{ dead: boolean }>(
        "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS dead",
        [workerId],
      );
      if (taken.rows[0]?.dead !== true) continue;
      await this.client.query("SELECT graphile_worker.force_unlock_workers($1)", [[workerId]]);
      await this.client.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [workerId]);
      this.options.log.warn({ workerId }, "a worker died; its jobs run again");
    }
  }
}
