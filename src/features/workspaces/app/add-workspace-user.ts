import { checkEmail, requireGrantable, type Role, type RolePermissions } from "../../access";
import { isId } from "../../../shared/app/ids";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import { Conflict, InvalidInput, NotFound } from "../../../shared/domain/errors";
import { deploymentScope, requirePermission, workspaceScope, type Actor } from "../../../shared/domain/permissions";
import type { Workspace } from "../domain/workspace";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceContents, WorkspaceTransaction } from "./ports";

export interface DeploymentRole {
  readonly deploymentId: string;
  readonly role: Role;
}

export interface AddWorkspaceUserCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly email: string;
  readonly role: Role;
  /** Roles on Deployments of the Workspace, given along with it. */
  readonly deploymentRoles: readonly DeploymentRole[];
}

/** Lets an existing user into a Workspace, and if wanted onto Deployments of it: all of that, or nothing. */
export class AddWorkspaceUser {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, user, or Deployment in the Workspace
   * @throws Forbidden without workspace.iam.update there, or system.iam.update; on a Deployment without
   *   deployment.userRoles.update; and anywhere if the role holds what the actor lacks
   * @throws InvalidInput if a role is not of its level
   * @throws Conflict if the user has a role in the Workspace already
   */
  execute({ actor, workspaceId, email, role, ...command }: AddWorkspaceUserCommand): Promise<Workspace> {
    const address = checkEmail(email);
    return this.unitOfWork.run(async ({ workspaces, contents, access }) => {
      const workspace = await lockVisibleWorkspace(workspaces, actor, workspaceId);
      const scope = workspaceScope(workspace.id);
      requirePermission(actor, ["workspace.iam.update", "system.iam.update"], scope);
      requireGrantable(actor, role, scope, this.roles);
      const deploymentRoles = await lockNamed(contents, workspace, command.deploymentRoles);
      for (const { deploymentId, role: deploymentRole } of deploymentRoles) {
        const deployment = deploymentScope({ id: deploymentId, workspaceId: workspace.id });
        requirePermission(actor, ["deployment.userRoles.update", "system.iam.update"], deployment);
        requireGrantable(actor, deploymentRole, deployment, this.roles, "deploymentRoles");
      }

      const user = await access.findUserByEmail(address);
      if (user === null) throw new NotFound("User");
      if ((await access.findUserBinding(user.id, { workspaceId: workspace.id })) !== null) {
        throw new Conflict("The user has a role in this Workspace already");
      }
      await access.bindUser(user.id, { role, workspaceId: workspace.id, deploymentId: null });
      for (const { deploymentId, role: deploymentRole } of deploymentRoles) {
        await access.bindUser(user.id, { role: deploymentRole, workspaceId: null, deploymentId });
      }
      return workspace;
    });
  }
}

/** The roles with the Deployments' ids as they are stored. */
async function lockNamed(
  contents: WorkspaceContents,
  workspace: Workspace,
  deploymentRoles: readonly DeploymentRole[],
): Promise<DeploymentRole[]> {
  if (deploymentRoles.length === 0) return [];
  const named = deploymentRoles.map(({ deploymentId, role }) => ({ deploymentId: deploymentId.toLowerCase(), role }));
  const ids = new Set(named.map(({ deploymentId }) => deploymentId));
  if (ids.size < named.length) throw new InvalidInput("deploymentRoles", "names a Deployment more than once");
  const found = await contents.lockDeployments(workspace.id, [...ids].filter(isId));
  if (found.length < ids.size) throw new NotFound("Deployment");
  return named;
}
