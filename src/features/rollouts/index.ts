export * from "./domain";
export type { DagTrees } from "./app/dag-trees";
export { ROLLOUT_TASKS } from "./app/ports";
export { RolloutRejected, type PlacedRelease, type RolloutDriver, type RolloutOutcome } from "./app/rollout-driver";
