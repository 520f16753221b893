export { authorize, canSee, DEPLOYMENT_PERMISSIONS, UPSERT_IN_WORKSPACE } from "./domain/access";
export {
  auditedDeployment,
  DAG_DEPLOYMENT_TYPES,
  type DagDeploymentType,
  type Deployment,
  type Executor,
} from "./domain/deployment";
export { checkVersions, refuseDowngrade } from "./domain/versions";
export { presentDagDeployment, presentVariables } from "./domain/settings";
export { CreateDeployment, type NewDeploymentInput } from "./app/create-deployment";
export { UpdateDeployment, type DeploymentChanges } from "./app/update-deployment";
export { DEPLOYMENT_TASKS, reconcileJob, type DeploymentReadModel, type DeploymentStores } from "./app/ports";
export type { DeploymentRules } from "./app/rules";
