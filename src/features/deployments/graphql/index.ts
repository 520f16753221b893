export { DagDeployment, InputEnvironmentVariable, Scheduler, Triggerer, Webserver, Workers } from "./deployment.inputs";
export { type DeploymentLoaders } from "./deployment.loaders";
export { DagDeploymentType, Deployment, ExecutorType, presentDeployment } from "./deployment.types";
