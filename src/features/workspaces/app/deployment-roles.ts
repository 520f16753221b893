import { requireGrantable, type Role, type RolePermissions } from "../../access";
import { isId } from "../../../kernel/ids";
import { InvalidInput, NotFound } from "../../../kernel/errors";
import { deploymentScope, requirePermission, type Actor, type Permission } from "../../../kernel/permissions";
import type { Workspace } from "../domain/workspace";
import type { WorkspaceContents } from "./ports";

/** A role on one Deployment, given along with one in its Workspace. */
export interface DeploymentRole {
  readonly deploymentId: string;
  readonly role: Role;
}

/**
 * The roles with the Deployments' ids as they are stored; the Deployments are locked.
 * @throws NotFound if one of them is no Deployment of the Workspace
 * @throws Forbidden without the permission on one of them, or if a role holds what the actor lacks
 * @throws InvalidInput if one is named twice, or a role is not of a Deployment
 */
export async function lockGrantedDeployments(
  contents: WorkspaceContents,
  {
    actor,
    workspace,
    deploymentRoles,
    permission,
    roles,
  }: {
    readonly actor: Actor;
    readonly workspace: Workspace;
    readonly deploymentRoles: readonly DeploymentRole[];
    readonly permission: Permission;
    readonly roles: RolePermissions;
  },
): Promise<DeploymentRole[]> {
  if (deploymentRoles.length === 0) return [];
  const named = deploymentRoles.map(({ deploymentId, role }) => ({ deploymentId: deploymentId.toLowerCase(), role }));
  const ids = new Set(named.map(({ deploymentId }) => deploymentId));
  if (ids.size < named.length) throw new InvalidInput("deploymentRoles", "names a Deployment more than once");
  const found = await contents.lockDeployments(workspace.id, [...ids].filter(isId));
  if (found.length < ids.size) throw new NotFound("Deployment");
  for (const { deploymentId, role } of named) {
    const scope = deploymentScope({ id: deploymentId, workspaceId: workspace.id });
    requirePermission(actor, permission, scope);
    requireGrantable(actor, role, scope, roles, "deploymentRoles");
  }
  return named;
}
