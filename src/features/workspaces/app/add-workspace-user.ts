import { checkEmail, requireGrantable, type Directory, type Role, type RolePermissions } from "../../access";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, NotFound } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, UPDATE_MEMBERS, type Workspace } from "../domain/workspace";
import { lockGrantedDeployments, type DeploymentRole } from "./deployment-roles";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

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
    private readonly directory: Directory,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, Deployment in it, or user whom the actor knows
   * @throws Forbidden without workspace.iam.update there, or system.iam.update; on a Deployment without
   *   deployment.userRoles.update; and anywhere if the role holds what the actor lacks
   * @throws InvalidInput if a role is not of its level
   * @throws Conflict if the user has a role in the Workspace already
   */
  execute({ actor: caller, workspaceId, email, role, ...command }: AddWorkspaceUserCommand): Promise<Workspace> {
    const address = checkEmail(email);
    return this.unitOfWork.run(async ({ workspaces, actors, contents, access, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      const scope = workspaceScope(workspace.id);
      requirePermission(actor, UPDATE_MEMBERS, scope);
      requireGrantable(actor, role, scope, this.roles);
      const deploymentRoles = await lockGrantedDeployments(contents, {
        actor,
        workspace,
        deploymentRoles: command.deploymentRoles,
        permission: ["deployment.userRoles.update", "system.iam.update"],
        roles: this.roles,
      });

      const user = await access.findKnownUserByEmail(address, this.directory.usersFor(actor));
      if (user === null) throw new NotFound("User");
      if ((await access.findUserBinding(user.id, { workspaceId: workspace.id })) !== null) {
        throw new Conflict("The user has a role in this Workspace already");
      }
      await access.bindUser(user.id, { role, workspaceId: workspace.id, deploymentId: null });
      for (const { deploymentId, role: deploymentRole } of deploymentRoles) {
        await access.bindUser(user.id, { role: deploymentRole, workspaceId: null, deploymentId });
      }
      await audit.add({
        actor,
        action: "workspace.add_user",
        object: auditedWorkspace(workspace),
        details: { userId: user.id, role, deployments: deploymentRoles.length },
      });
      return workspace;
    });
  }
}
