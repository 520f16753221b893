export { dagsOf, type LiveDags } from "./dag-upload";
export { defaultImage, runningImage, type DefaultRepositories } from "./default-image";
export { deployLogLine, type DeployEvent } from "./deploy-log";
export {
  auditedRevision,
  contentOf,
  DEPLOY_STATUSES,
  hasSameContent,
  imageReference,
  isSameByName,
  versionLabel,
  type DeployContent,
  type DeployRevision,
  type DeployStatus,
} from "./deploy-revision";
export { requireDescription, restore } from "./new-revision";
export { nothingPending } from "./pending-versions";
export { PUSH_IMAGE, READ_HISTORY } from "./permissions";
export { isExpired, type Retention } from "./retention";
