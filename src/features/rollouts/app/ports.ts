import type { DeployStatus } from "../../deploys";
import type { RolloutStep, StepStatus } from "../domain/rollout-step";

/** The counters and timers of this feature. A port, so that no feature depends on the metrics library. */
export interface RolloutMetrics {
  rolloutFinished(status: DeployStatus, seconds: number): void;
  stepFinished(step: {
    readonly driver: string;
    readonly name: string;
    readonly status: StepStatus;
    readonly seconds: number;
  }): void;
}

/** The steps of each revision's latest attempt. */
export interface RolloutStepStore {
  /** Forgets the steps of earlier attempts. */
  begin(revisionId: string): Promise<void>;
  /** Keeps a step that has begun, while the revision is unfinished; nothing otherwise. */
  add(step: RolloutStep): Promise<void>;
  /** Keeps how the step ended, unless another attempt has begun meanwhile. */
  end(step: RolloutStep): Promise<void>;
  /** In order, revision by revision. */
  ofRevisions(revisionIds: readonly string[]): Promise<RolloutStep[]>;
}

export const ROLLOUT_TASKS = {
  /** Finds unfinished revisions that no job will finish. */
  resume: "deploys.resume",
} as const;
