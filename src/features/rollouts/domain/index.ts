export { isOvertaken } from "./overtaken";
export type { ReleaseState } from "./release-state";
