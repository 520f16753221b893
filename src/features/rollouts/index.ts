export type { DagTrees } from "./app/dag-trees";
export {
  RolloutRejected,
  TargetAhead,
  type PlacedRelease,
  type RolloutDriver,
  type RolloutOutcome,
} from "./app/rollout-driver";
export type { ReleaseState } from "./domain/release-state";
