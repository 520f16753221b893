export * from "./domain";
export type { DagTrees } from "./app/dag-trees";
export {
  RolloutRejected,
  TargetAhead,
  type PlacedRelease,
  type RolloutDriver,
  type RolloutOutcome,
} from "./app/rollout-driver";
