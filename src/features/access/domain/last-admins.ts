import { Conflict } from "../../../kernel/errors";

/** Where an administrator is left. */
export interface AdminsLeft {
  readonly system: boolean;
  /** Those Workspaces that have a WORKSPACE_ADMIN, by id, with their labels. */
  readonly workspaces: ReadonlyMap<string, string>;
}

/**
 * The installation keeps a SYSTEM_ADMIN, and each Workspace a WORKSPACE_ADMIN: active users who have the role
 * themselves or through a Team. A Workspace that had none before need not have one afterwards.
 * @throws Conflict if a change took the last one away
 */
export function requireAdminsLeft(before: AdminsLeft, after: AdminsLeft): void {
  if (before.system && !after.system) {
    throw new Conflict("This would leave the installation without a SYSTEM_ADMIN: make somebody else one first");
  }
  for (const [id, label] of before.workspaces) {
    if (!after.workspaces.has(id)) {
      throw new Conflict(
        `This would leave the Workspace ${JSON.stringify(label)} without a WORKSPACE_ADMIN: make somebody else one first`,
      );
    }
  }
}
