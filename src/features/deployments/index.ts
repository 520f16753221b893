export * from "./domain";
export { CreateDeployment, type NewDeploymentInput } from "./app/create-deployment";
export { lockDeployment, type LockedDeployment } from "./app/lock-deployment";
export { UpdateDeployment, type DeploymentChanges } from "./app/update-deployment";
export { DEPLOYMENT_TASKS, reconcileJob, type DeploymentReadModel, type DeploymentStores } from "./app/ports";
export type { DeploymentRules } from "./app/rules";
