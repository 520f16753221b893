export { DagBundle, DagDiff, DagFileDiff } from "./bundle.types";
