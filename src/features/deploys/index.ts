export { CleanUp, type CleanupResult } from "./app/clean-up";
export { DEPLOY_TASKS, type DeployMetrics } from "./app/ports";
