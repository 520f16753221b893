export { type Place } from "./app/check-places";
export { ClaimPlace } from "./app/claim-place";
export type { InstallationReader, InstallationStore, PlaceMarks } from "./app/ports";
export { FIRST_EPOCH, isAfter, type Installation, type Position } from "./domain/installation";
export { markedBy, markName } from "./domain/marks";
export { FolderMarks } from "./places/folder-marks";
