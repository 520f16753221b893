export type { Workspace } from "./domain/workspace";
export { canSeeWorkspace } from "./domain/workspace";
export { FindWorkspaces } from "./app/find-workspaces";
