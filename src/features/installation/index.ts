export * from "./domain";
export { type Place } from "./app/check-places";
export { ClaimPlace } from "./app/claim-place";
export type { InstallationReader, InstallationStore, PlaceMarks } from "./app/ports";
export { FolderMarks } from "./places/folder-marks";
