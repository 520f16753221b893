export { DagDeployment, InputEnvironmentVariable, Scheduler, Triggerer, Webserver, Workers } from "./deployment.inputs";
export { deploymentLoaders, type DeploymentLoaders } from "./deployment.loaders";
export { DagDeploymentType, Deployment, ExecutorType, presentDeployment } from "./deployment.types";
