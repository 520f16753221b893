export type { ReleaseState } from "./release-state";
