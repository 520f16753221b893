import { InvalidInput, Forbidden } from "../../../shared/domain/errors";
import { can, type Actor, type Scope } from "../../../shared/domain/permissions";
import { isDeploymentRole, isSystemRole, isWorkspaceRole, type Role, type RolePermissions } from "./roles";

const FITS: Readonly<Record<Scope["kind"], (role: Role) => boolean>> = {
  system: isSystemRole,
  workspace: isWorkspaceRole,
  deployment: isDeploymentRole,
};

/**
 * Nobody grants what they lack. `argument` names where the role was given.
 * @throws InvalidInput if the role is not of the scope's level
 * @throws Forbidden if the role holds a permission that the actor does not hold there
 */
export function requireGrantable(actor: Actor, role: Role, scope: Scope, roles: RolePermissions, argument = "role"): void {
  if (!FITS[scope.kind](role)) {
    throw new InvalidInput(argument, `${role} cannot be given on a ${scope.kind}; it takes a ${scope.kind.toUpperCase()}_… role`);
  }
  for (const permission of roles[role]) {
    if (!can(actor, permission, scope)) throw new Forbidden(permission);
  }
}
