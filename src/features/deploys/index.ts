export * from "./domain";
export { addApplyJob, appendRevision, loadHeadCurrentAndTarget } from "./app/append-revision";
export {
  DEPLOY_TASKS,
  type DeployStores,
  type HistoryState,
  type RevisionReadModel,
  type RevisionView,
} from "./app/ports";
export type { RevisionBundles } from "./app/revision-bundles";
