export type { DeployLoaders } from "./deploy.loaders";
export { DeployRevision, presentRevision } from "./deploy.types";
