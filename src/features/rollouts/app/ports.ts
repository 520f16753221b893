import type { DeployStatus } from "../../deploys";

/** What is counted and timed; a port, so that no feature knows the metrics library. */
export interface RolloutMetrics {
  rolloutFinished(status: DeployStatus, seconds: number): void;
}

export const ROLLOUT_TASKS = {
  /** Finds unfinished revisions that no job will finish. */
  resume: "deploys.resume",
} as const;
