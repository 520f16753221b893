import type { Logger } from "pino";

interface Job {
  readonly id: string;
  /** Counted from 1; includes attempts that ended in a crash. */
  readonly attempt: number;
  readonly log: Logger;
  /** Aborted when the grace period of a stop has passed, and when another worker has taken over the job. */
  readonly signal: AbortSignal;
}

/** Must be idempotent: after a crash the job runs again from its start. */
export type JobHandler = (payload: Readonly<Record<string, string>>, job: Job) => Promise<void>;

/** @throws Error if the payload lacks the value */
export function required(value: string | undefined): string {
  if (value === undefined) throw new Error("the job's payload is incomplete");
  return value;
}
