import type { AccessStores, AdminStores, CurrentActors, TeamStores } from "../../access";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Workspace } from "../domain/workspace";

/** Workspaces inside a transaction. */
export interface WorkspaceStores {
  /** Keeps every other change of the Workspace, of its users and Deployments waiting until the transaction ends. */
  lock(id: string): Promise<Workspace | null>;
  add(workspace: Workspace): Promise<void>;
  update(workspace: Workspace): Promise<void>;
  /** Takes with it the bindings and service accounts on it, and whatever is left of its deleted Deployments. */
  remove(id: string): Promise<void>;
}

/** What this feature needs to know about the Deployments in a Workspace; deleted ones do not count. */
export interface WorkspaceContents {
  hasDeployments(workspaceId: string): Promise<boolean>;
  /** Those of the ids that are Deployments of the Workspace; none of them is deleted before the transaction ends. */
  lockDeployments(workspaceId: string, ids: readonly string[]): Promise<string[]>;
}

export interface WorkspaceTransaction {
  readonly workspaces: WorkspaceStores;
  readonly actors: CurrentActors;
  readonly contents: WorkspaceContents;
  readonly access: AccessStores;
  readonly teams: TeamStores;
  readonly admins: AdminStores;
  readonly audit: AuditTrail;
}

export interface WorkspaceFilter {
  readonly ids: "all" | readonly string[];
  /** A part of the label, in either case. */
  readonly labelPart?: string;
  readonly offset?: number;
  readonly limit?: number;
}

/** Reads outside of transactions. */
export interface WorkspaceReadModel {
  find(id: string): Promise<Workspace | null>;
  findMany(ids: readonly string[]): Promise<Workspace[]>;
  /** Sorted by label, then by id. */
  list(filter: WorkspaceFilter): Promise<Workspace[]>;
}
