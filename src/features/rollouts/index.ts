export * from "./domain";
export type { DagTrees } from "./app/dag-trees";
export { ROLLOUT_TASKS } from "./app/ports";
export {
  RolloutRejected,
  type PlacedRelease,
  type ReleaseName,
  type RolloutDriver,
  type RolloutOutcome,
  type RolloutRequest,
  type RolloutSteps,
} from "./app/rollout-driver";
