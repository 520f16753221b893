export type { DagTrees } from "./app/dag-trees";
export { RolloutRejected, type RolloutDriver } from "./app/rollout-driver";
export type { ReleaseImage, ReleaseState } from "./domain/release-state";
