export { ContentQuarantined } from "./content-quarantined";
export { contentToHold, heldBecause, holdAgainst, howToLift, NO_IMAGE, type HeldContent, type Hold } from "./hold";
export { holdLogLine } from "./hold-log";
