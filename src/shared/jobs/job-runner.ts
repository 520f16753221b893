import { EventEmitter } from "node:events";
import { Logger as GraphileLogger, parseCronItems, run, runMigrations, type Runner, type TaskList, type WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { WorkerLiveness } from "./worker-liveness";

export interface Job {
  readonly id: string;
  /** Counts from 1, crashes included. */
  readonly attempt: number;
  readonly log: Logger;
  /** Aborted when the process is told to stop and its patience is over. */
  readonly signal: AbortSignal;
}

/** Has to be idempotent: after a crash the job runs again from its start. */
export type JobHandler = (payload: Readonly<Record<string, string>>, job: Job) => Promise<void>;

export interface ScheduledJob {
  readonly task: string;
  /** Five fields, UTC. */
  readonly schedule: string;
}

export interface JobRunnerOptions {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly schedules: readonly ScheduledJob[];
  readonly concurrency: number;
  readonly log: Logger;
}

/** Creates or upgrades graphile-worker's own tables. */
export const migrateJobQueue = (pool: Pool): Promise<void> => runMigrations({ pgPool: pool });

/** Runs the jobs of the outbox until it is stopped; any number of processes may do so on one database. */
export class JobRunner {
  private constructor(
    private readonly runner: Runner,
    private readonly liveness: WorkerLiveness,
  ) {}

  static async start(options: JobRunnerOptions): Promise<JobRunner> {
    const { pool, log, concurrency } = options;
    const events = new EventEmitter() as WorkerEvents;
    const liveness = await WorkerLiveness.start({ databaseUrl: options.databaseUrl, pool, events, log });
    try {
      const runner = await run({
        pgPool: pool,
        concurrency,
        noHandleSignals: true,
        pollInterval: 2_000,
        taskList: tasksOf(options),
        parsedCronItems: parseCronItems(options.schedules.map(({ schedule, task }) => ({ task, match: schedule }))),
        events,
        logger: graphileLogger(log),
      });
      return new JobRunner(runner, liveness);
    } catch (error) {
      await liveness.stop();
      throw error;
    }
  }

  /** Lets the jobs in hand finish; what does not in time is given back to the queue. */
  async stop(): Promise<void> {
    await this.runner.stop();
    await this.liveness.stop();
  }
}

function tasksOf({ handlers, log }: JobRunnerOptions): TaskList {
  return Object.fromEntries(
    Object.entries(handlers).map(([task, handle]) => [
      task,
      async (payload, { job, abortSignal }) => {
        const jobLog = log.child({ jobId: job.id, task, attempt: job.attempts });
        try {
          await handle(payload as Record<string, string>, {
            id: job.id,
            attempt: job.attempts,
            log: jobLog,
            signal: abortSignal ?? new AbortController().signal,
          });
        } catch (error) {
          jobLog.error({ err: error }, "job failed; it will be tried again");
          throw error;
        }
      },
    ]),
  );
}

/** Failures are logged above with their job; what graphile-worker says beyond that is for debugging. */
function graphileLogger(log: Logger): GraphileLogger {
  return new GraphileLogger((scope) => (level, message, meta) => {
    if (scope.jobId !== undefined || (level as string) !== "error") log.debug({ ...scope, ...meta }, message);
    else log.error({ ...scope, ...meta }, message);
  });
}
