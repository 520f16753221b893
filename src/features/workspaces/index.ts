export type { Workspace } from "./domain/workspace";
