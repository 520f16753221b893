import type { Logger } from "pino";

interface Job {
  readonly id: string;
  /** Counts from 1, crashes included. */
  readonly attempt: number;
  readonly log: Logger;
  /** Aborted when the grace period of a stop has passed, and when another worker has taken the job over. */
  readonly signal: AbortSignal;
}

/** Has to be idempotent: after a crash the job runs again from its start. */
export type JobHandler = (payload: Readonly<Record<string, string>>, job: Job) => Promise<void>;

/** @throws Error for a value that the payload lacks */
export function required(value: string | undefined): string {
  if (value === undefined) throw new Error("the job's payload is incomplete");
  return value;
}
