export {
  authorize,
  canSee,
  DEPLOYMENT_PERMISSIONS,
  UPSERT_IN_WORKSPACE,
  visibleDeployments,
  type VisibleDeployments,
} from "./access";
export {
  auditedDeployment,
  DAG_DEPLOYMENT_TYPES,
  type DagDeploymentType,
  type Deployment,
  type Executor,
} from "./deployment";
export { checkVersions, givenVersions, refuseDowngrade } from "./versions";
export { presentDagDeployment, presentVariables } from "./settings";
export { SecretUnreadable, type DeploymentSecrets } from "./secrets";
