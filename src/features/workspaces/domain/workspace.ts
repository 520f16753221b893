import type { AuditObject } from "../../../kernel/audit-entry";
import { InvalidInput, NotFound } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import {
  can,
  heldPermissions,
  SYSTEM_SCOPE,
  workspaceScope,
  type Actor,
  type Permission,
} from "../../../kernel/permissions";
import { checkDescription, checkLabel } from "../../../kernel/text";

export interface Workspace {
  readonly id: string;
  readonly label: string;
  readonly description: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What an update changes; absent keeps. */
export interface WorkspacePatch {
  readonly label?: string;
  readonly description?: string | null;
}

/** Every Workspace role has the first permission, so a role on a Workspace is enough to see it. */
const SEE: Permission = ["workspace.config.get", "system.workspace.get"];

/** Source of all of them: the public 0.35 role reference. */
export const SEE_USERS: Permission = ["workspace.users.get", "system.users.get"];
export const SEE_SERVICE_ACCOUNTS: Permission = ["workspace.serviceAccounts.get", "system.serviceAccounts.get"];
export const SEE_TEAMS: Permission = ["workspace.teams.get", "system.teams.get"];
export const UPDATE_MEMBERS: Permission = ["workspace.iam.update", "system.iam.update"];
export const UPDATE: Permission = ["workspace.config.update", "system.workspace.update"];
export const DELETE: Permission = ["workspace.config.delete", "system.workspace.delete"];
export const LIST_DEPLOYMENTS: Permission = ["workspace.deployments.get", "system.deployments.get"];
export const CREATE_DEPLOYMENTS: Permission = ["workspace.deployments.create", "system.deployments.create"];
export const UPSERT_DEPLOYMENTS: Permission = ["workspace.deployments.upsert", "system.deployments.upsert"];

const ALL = [
  SEE,
  SEE_USERS,
  SEE_TEAMS,
  UPDATE_MEMBERS,
  UPDATE,
  DELETE,
  LIST_DEPLOYMENTS,
  CREATE_DEPLOYMENTS,
  UPSERT_DEPLOYMENTS,
];

/** The actor's permissions on the Workspace, sorted. @param more permissions that other features ask for on it */
export const workspacePermissions = (
  actor: Actor,
  { id }: Pick<Workspace, "id">,
  more: readonly Permission[],
): string[] => heldPermissions(actor, workspaceScope(id), [...ALL, ...more]);

/**
 * Reads the JSON that clients send to change a Workspace. Keys other than `label` and `description` are
 * ignored; null, like empty text, clears the description.
 * @throws InvalidInput
 */
export function parseWorkspacePatch(payload: unknown): WorkspacePatch {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new InvalidInput("payload", "takes an object with label, description or both");
  }
  const { label, description } = payload as Record<string, unknown>;
  if (label !== undefined && typeof label !== "string") throw new InvalidInput("payload", "label takes text");
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw new InvalidInput("payload", "description takes text or null");
  }
  return {
    ...(label !== undefined && { label: checkLabel(label) }),
    ...(description !== undefined && { description: checkDescription(description) }),
  };
}

/** A role on a Deployment is enough to see the name of its Workspace: clients find Deployments through Workspaces. */
export const canSeeWorkspace = (actor: Actor, { id }: Pick<Workspace, "id">): boolean =>
  can(actor, SEE, workspaceScope(id)) ||
  actor.grants.some(({ reach }) => reach.kind === "deployment" && reach.workspaceId === id);

/** Who has which role in it. */
export const canSeeMembers = (actor: Actor, { id }: Pick<Workspace, "id">): boolean =>
  can(actor, SEE_USERS, workspaceScope(id));

/** @throws NotFound, the same for a Workspace that is not there and for one that the actor may not see */
export function requireVisible(actor: Actor, workspace: Workspace | null): Workspace {
  if (workspace === null || !canSeeWorkspace(actor, workspace)) throw new NotFound("Workspace");
  return workspace;
}

/** The Workspaces for which `canSeeWorkspace` holds, as a list can ask for them. */
export function visibleWorkspaceIds(actor: Actor): "all" | readonly string[] {
  if (can(actor, SEE, SYSTEM_SCOPE)) return "all";
  const granted = actor.grants.flatMap((grant) => {
    const { reach } = grant;
    return "workspaceId" in reach && canSeeWorkspace({ ...actor, grants: [grant] }, { id: reach.workspaceId })
      ? [reach.workspaceId]
      : [];
  });
  return [...new Set(granted)];
}

export const auditedWorkspace = ({ id, label }: Workspace): AuditObject => ({
  type: "workspace",
  id,
  label,
  workspaceId: id,
});
