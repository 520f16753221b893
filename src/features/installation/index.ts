export type { InstallationReader, InstallationStore } from "./app/ports";
export { FIRST_EPOCH, isAfter, type Installation, type Position } from "./domain/installation";
