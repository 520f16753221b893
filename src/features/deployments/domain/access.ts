import { CREATE_DEPLOYMENTS, LIST_DEPLOYMENTS, UPSERT_DEPLOYMENTS } from "../../workspaces/domain";
import { NotFound } from "../../../kernel/errors";
import {
  can,
  deploymentScope,
  heldPermissions,
  requirePermission,
  SYSTEM_SCOPE,
  workspaceScope,
  type Actor,
  type Permission,
} from "../../../kernel/permissions";

/** A permission of a Deployment, each with its counterpart of the system. Source: the public 0.35 role reference. */
export const DEPLOYMENT_PERMISSIONS = {
  see: ["deployment.config.get", "system.deployments.get"],
  update: ["deployment.config.update", "system.deployments.update"],
  delete: ["deployment.config.delete", "system.deployments.delete"],
  readVariables: ["deployment.variables.get", "system.deployment.variables.get"],
  updateVariables: ["deployment.variables.update", "system.deployment.variables.update"],
  readLogs: ["deployment.logs.get", "system.deployments.logs"],
  seeUsers: ["deployment.users.get", "system.users.get"],
  seeTeams: ["deployment.teams.get", "system.teams.get"],
  seeServiceAccounts: ["deployment.serviceAccounts.get", "system.serviceAccounts.get"],
  updateUsers: ["deployment.userRoles.update", "system.iam.update"],
  updateTeams: ["deployment.teamRoles.update", "system.iam.update"],
  upsert: ["deployment.config.upsert", "system.deployments.upsert"],
  seeAirflow: ["deployment.airflow.get", "system.airflow.get"],
  useAirflow: ["deployment.airflow.user", "system.airflow.user"],
  administerAirflow: ["deployment.airflow.admin", "system.airflow.admin"],
  /** Seeing the deploy history; alone it never allows a rollback. */
  readHistory: ["deployment.deployRevisions.get", "system.deployRevisions.get"],
  /** Fetching what is deployed: the system's roles hold the same permission. */
  pullImage: ["deployment.images.pull"],
  /** Rolling back as well, which takes the same permission on this platform version. */
  pushImage: ["deployment.images.push", "system.deployments.images.push"],
} as const satisfies Record<string, Permission>;

export {
  CREATE_DEPLOYMENTS as CREATE_IN_WORKSPACE,
  LIST_DEPLOYMENTS as LIST_IN_WORKSPACE,
  UPSERT_DEPLOYMENTS as UPSERT_IN_WORKSPACE,
};

/** The actor's permissions on the Deployment, sorted. @param more permissions that other features ask for on it */
export const deploymentPermissions = (actor: Actor, deployment: Located, more: readonly Permission[]): string[] =>
  heldPermissions(actor, deploymentScope(deployment), [...Object.values(DEPLOYMENT_PERMISSIONS), ...more]);

/** Each of these permissions is enough to see a Deployment, at any level. */
const SEEING = [...DEPLOYMENT_PERMISSIONS.see, "workspace.deployments.get"] as const;

interface Located {
  readonly id: string;
  readonly workspaceId: string;
}

/** Visible to callers with a role on the Deployment, and to those who may list the Deployments of its Workspace. */
export function canSee(actor: Actor, deployment: Located): boolean {
  return (
    can(actor, DEPLOYMENT_PERMISSIONS.see, deploymentScope(deployment)) ||
    can(actor, "workspace.deployments.get", workspaceScope(deployment.workspaceId))
  );
}

/** The Deployments for which `canSee` holds, as a list can ask for them. */
export type VisibleDeployments =
  "all" | { readonly workspaceIds: readonly string[]; readonly deploymentIds: readonly string[] };

export function visibleDeployments(actor: Actor): VisibleDeployments {
  const grants = actor.grants.filter(({ permissions }) => SEEING.some((permission) => permissions.has(permission)));
  if (can({ ...actor, grants }, SEEING, SYSTEM_SCOPE)) return "all";
  const workspaceIds = new Set<string>();
  const deploymentIds = new Set<string>();
  for (const grant of grants) {
    const { reach } = grant;
    if (
      reach.kind === "system" ||
      !canSee(
        { ...actor, grants: [grant] },
        { id: "deploymentId" in reach ? reach.deploymentId : "", workspaceId: reach.workspaceId },
      )
    )
      continue;
    if (reach.kind === "deployment") deploymentIds.add(reach.deploymentId);
    else workspaceIds.add(reach.workspaceId);
  }
  return { workspaceIds: [...workspaceIds], deploymentIds: [...deploymentIds] };
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
