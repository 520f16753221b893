export type { HoldLoaders } from "./hold.loaders";
export { presentQuarantine, Quarantine } from "./quarantine.types";
