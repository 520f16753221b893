export { workspaceLoaders, type WorkspaceLoaders } from "./workspace.loaders";
export { DeploymentRoles, Workspace } from "./workspace.types";
