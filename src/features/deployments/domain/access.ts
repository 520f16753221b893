import { NotFound } from "../../../shared/domain/errors";
import { can, deploymentScope, requirePermission, workspaceScope, type Actor, type Permission } from "../../../shared/domain/permissions";

/** A permission of a Deployment, each with its counterpart of the system. Source: the public 0.35 role reference. */
export const DEPLOYMENT_PERMISSIONS = {
  see: ["deployment.config.get", "system.deployments.get"],
  update: ["deployment.config.update", "system.deployments.update"],
  delete: ["deployment.config.delete", "system.deployments.delete"],
  readVariables: ["deployment.variables.get", "system.deployment.variables.get"],
  updateVariables: ["deployment.variables.update", "system.deployment.variables.update"],
  readLogs: ["deployment.logs.get", "system.deployments.logs"],
  seeUsers: ["deployment.users.get", "system.users.get"],
  upsert: ["deployment.config.upsert", "system.deployments.upsert"],
} as const satisfies Record<string, Permission>;

export const CREATE_IN_WORKSPACE = ["workspace.deployments.create", "system.deployments.create"] as const;
export const UPSERT_IN_WORKSPACE = ["workspace.deployments.upsert", "system.deployments.upsert"] as const;

interface Located {
  readonly id: string;
  readonly workspaceId: string;
}

/** Its own viewers see a Deployment, and whoever may list the Deployments of its Workspace. */
export function canSee(actor: Actor, deployment: Located): boolean {
  return (
    can(actor, DEPLOYMENT_PERMISSIONS.see, deploymentScope(deployment)) ||
    can(actor, "workspace.deployments.get", workspaceScope(deployment.workspaceId))
  );
}

/**
 * The Deployment, if the actor may do that with it.
 * @throws NotFound if there is none or the actor may not see it, the same for both
 * @throws Forbidden if the actor sees it and lacks the permission
 */
export function authorize<D extends Located>(actor: Actor, deployment: D | null, permission: Permission): D {
  if (deployment === null || !canSee(actor, deployment)) throw new NotFound("Deployment");
  requirePermission(actor, permission, deploymentScope(deployment));
  return deployment;
}
