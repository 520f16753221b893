export { DeploymentLog } from "./deployment-log.types";
