export * from "./domain";
export { liftHold } from "./app/lift-quarantine";
export { putOnHold } from "./app/put-on-hold";
export type { HoldReadModel, HoldSettings, HoldStore } from "./app/ports";
