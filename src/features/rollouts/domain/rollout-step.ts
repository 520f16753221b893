import type { Instant } from "../../../kernel/instant";

/**
 * RUNNING, and from there one of three. SUCCEEDED: it is done. FAILED: it ended with an error, and the attempt with it.
 * ABORTED: the attempt was called off, as a newer revision took over, the deploy was cancelled or the process stops.
 */
export const STEP_STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Max steps of a rollout that are kept; a driver that names more is at fault. */
export const MAX_STEPS = 20;
/** Names of steps: short, and fit for a metric's label. */
export const STEP_NAME = /^[A-Z][A-Z0-9_]{0,39}$/;

/** One step of a revision's latest rollout attempt. */
export interface RolloutStep {
  readonly revisionId: string;
  /** 1, 2, 3 … in the order in which the steps began. */
  readonly position: number;
  /** As the driver calls it: `WRITE_VALUES`. */
  readonly name: string;
  readonly status: StepStatus;
  /** Why it is FAILED or ABORTED; null otherwise. */
  readonly message: string | null;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
}
