import { InvalidInput, Forbidden } from "../../../kernel/errors";
import { holds, type Actor, type Scope } from "../../../kernel/permissions";
import { isDeploymentRole, isSystemRole, isWorkspaceRole, type Role, type RolePermissions } from "./roles";

const FITS: Readonly<Record<Scope["kind"], (role: Role) => boolean>> = {
  system: isSystemRole,
  workspace: isWorkspaceRole,
  deployment: isDeploymentRole,
};

/**
 * Refuses to grant a permission that the actor lacks. `argument` names the input field for the error.
 * @throws InvalidInput if the role is not of the scope's level
 * @throws Forbidden if the role holds a permission that the actor does not hold there
 */
export function requireGrantable(
  actor: Actor,
  role: Role,
  scope: Scope,
  roles: RolePermissions,
  argument = "role",
): void {
  if (!FITS[scope.kind](role)) {
    throw new InvalidInput(
      argument,
      `${role} cannot be given on a ${scope.kind}; it takes a ${scope.kind.toUpperCase()}_… role`,
    );
  }
  for (const permission of roles[role]) {
    if (!holds(actor, permission, scope)) throw new Forbidden(permission);
  }
}

/** Whether the actor may do there all that the role would let him do. */
export const holdsRole = (actor: Actor, role: Role, scope: Scope, roles: RolePermissions): boolean =>
  [...roles[role]].every((permission) => holds(actor, permission, scope));

/** A role and where it holds. */
export interface PlacedRole {
  readonly role: Role;
  readonly scope: Scope;
}

/**
 * Adding a user to a Team, or opening an account to them, grants all roles that go with it. Taking roles away, and
 * renaming or removing who has them, needs the same.
 * @throws Forbidden if one of the roles holds a permission that the actor does not hold there
 */
export function requireAllGrantable(actor: Actor, placed: readonly PlacedRole[], roles: RolePermissions): void {
  // A role on another level than its own allows nothing, and so is nothing to be granted.
  for (const { role, scope } of placed) if (FITS[scope.kind](role)) requireGrantable(actor, role, scope, roles);
}

/** Returns those of the roles that are on the Workspace or on its Deployments. */
export const rolesWithin = (placed: readonly PlacedRole[], workspaceId: string): PlacedRole[] =>
  placed.filter(({ scope }) => scope.kind !== "system" && scope.workspaceId === workspaceId);
