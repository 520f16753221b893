import type { Logger } from "pino";

export interface Job {
  readonly id: string;
  /** Counts from 1, crashes included. */
  readonly attempt: number;
  readonly log: Logger;
  /** Aborted when the process is told to stop and its patience is over, or when the job is another worker's by now. */
  readonly signal: AbortSignal;
}

/** Has to be idempotent: after a crash the job runs again from its start. */
export type JobHandler = (payload: Readonly<Record<string, string>>, job: Job) => Promise<void>;
