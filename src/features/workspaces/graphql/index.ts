export { type WorkspaceLoaders } from "./workspace.loaders";
export { Workspace } from "./workspace.types";
