export { ArchiveRefused } from "./archive-refused";
export type { BundleState, DagBundle } from "./dag-bundle";
export { isVersion } from "./dag-bundle";
export type { DagDiff } from "./manifest";
