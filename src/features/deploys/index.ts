export * from "./domain";
export {
  addApplyJob,
  appendRevision,
  loadHeadCurrentAndTarget,
  type HeadCurrentAndTarget,
} from "./app/append-revision";
export { checksumsIn, heldContentOf, type FindChecksum } from "./app/held-content";
export { lockRevision } from "./app/lock-revision";
export {
  DEPLOY_TASKS,
  type DeployStores,
  type HistoryState,
  type RevisionReadModel,
  type RevisionView,
} from "./app/ports";
export type { RevisionBundles } from "./app/revision-bundles";
