import {
  can,
  deploymentScope,
  SYSTEM_SCOPE,
  workspaceScope,
  type Actor,
  type Permission,
  type Scope,
} from "../../../kernel/permissions";
import type { PlacedBinding } from "./accounts";

/**
 * Whom a caller may know of: everybody, or those with a role in one of these Workspaces or on a Deployment of it, be it
 * through a Team, and those who are in a Team with the user.
 */
export type KnownTo =
  | "everybody"
  | {
      /** Null for a service account, which is in no Team. */
      readonly userId: string | null;
      readonly workspaceIds: readonly string[];
    };

/** Where a caller may see Teams, and of which they are a member. */
export type VisibleTeams =
  | "all"
  | {
      /** Null for a service account. */
      readonly memberId: string | null;
      /** The Workspaces, and every Deployment of them. */
      readonly workspaceIds: readonly string[];
      /** Workspaces of whose Deployments alone the Teams are visible. */
      readonly deploymentsOf: readonly string[];
      readonly deploymentIds: readonly string[];
    };

const userIdOf = ({ type, id }: Actor): string | null => (type === "USER" ? id : null);

function knownTo(actor: Actor, permission: Permission): KnownTo {
  if (can(actor, permission, SYSTEM_SCOPE)) return "everybody";
  const workspaceIds = actor.grants.flatMap(({ reach }) => ("workspaceId" in reach ? [reach.workspaceId] : []));
  return { userId: userIdOf(actor), workspaceIds: [...new Set(workspaceIds)] };
}

/** Whose addresses the caller may see. */
export const usersKnownTo = (actor: Actor): KnownTo => knownTo(actor, "system.users.get");

/** Who may be given roles on Workspaces and Deployments: those whom the caller knows, or anybody in an open directory. */
export class Directory {
  constructor(readonly isOpen: boolean) {}

  usersFor(actor: Actor): KnownTo {
    return this.isOpen ? "everybody" : knownTo(actor, ["system.users.get", "system.iam.update"]);
  }

  teamsFor(actor: Actor): KnownTo {
    return this.isOpen ? "everybody" : knownTo(actor, ["system.teams.get", "system.iam.update"]);
  }
}

/** Where the actor may see Teams, and the actor's own. */
export function visibleTeams(actor: Actor): VisibleTeams {
  if (can(actor, "system.teams.get", SYSTEM_SCOPE)) return "all";
  const [workspaceIds, deploymentsOf, deploymentIds] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { reach, permissions } of actor.grants) {
    if (reach.kind === "workspace" && permissions.has("workspace.teams.get")) workspaceIds.add(reach.workspaceId);
    if (!permissions.has("deployment.teams.get")) continue;
    if (reach.kind === "deploymentsOf") deploymentsOf.add(reach.workspaceId);
    if (reach.kind === "deployment") deploymentIds.add(reach.deploymentId);
  }
  return {
    memberId: userIdOf(actor),
    workspaceIds: [...workspaceIds],
    deploymentsOf: [...deploymentsOf],
    deploymentIds: [...deploymentIds],
  };
}

const SEE_ROLES = {
  users: ["workspace.users.get", "deployment.users.get", "system.users.get"],
  teams: ["workspace.teams.get", "deployment.teams.get", "system.teams.get"],
} as const satisfies Record<string, Permission>;

/** Of the roles of users, or of Teams, those in places whose users, or Teams, the actor may see. */
export const rolesSeenBy = (
  actor: Actor,
  of: keyof typeof SEE_ROLES,
  roles: readonly PlacedBinding[],
): PlacedBinding[] => roles.filter((binding) => can(actor, SEE_ROLES[of], scopeOf(binding)));

function scopeOf({ workspaceId, deploymentId, deploymentWorkspaceId }: PlacedBinding): Scope {
  if (deploymentId !== null) return deploymentScope({ id: deploymentId, workspaceId: deploymentWorkspaceId ?? "" });
  return workspaceId === null ? SYSTEM_SCOPE : workspaceScope(workspaceId);
}
