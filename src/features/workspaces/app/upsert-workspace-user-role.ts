import { checkEmail, requireGrantable, type Directory, type Role, type RolePermissions } from "../../access";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, UPDATE_MEMBERS } from "../domain/workspace";
import { keepWorkspaceAdmin } from "./keep-workspace-admin";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

export interface UpsertWorkspaceUserRoleCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly email: string;
  readonly role: Role;
}

/** Gives an existing user this role in the Workspace, new or in place of the one that they had. */
export class UpsertWorkspaceUserRole {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly roles: RolePermissions,
    private readonly directory: Directory,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, or no such user whom the actor knows
   * @throws Forbidden without workspace.iam.update there, or system.iam.update, or if the role, or the one that it replaces, holds what the actor
   * lacks
   * @throws InvalidInput if it is no Workspace role
   * @throws Conflict if the last WORKSPACE_ADMIN would lose that role
   */
  execute({ actor: caller, workspaceId, email, role }: UpsertWorkspaceUserRoleCommand): Promise<Role> {
    const address = checkEmail(email);
    return this.unitOfWork.run(async ({ workspaces, actors, access, admins, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      requirePermission(actor, UPDATE_MEMBERS, workspaceScope(workspace.id));
      requireGrantable(actor, role, workspaceScope(workspace.id), this.roles);

      const user = await access.findKnownUserByEmail(address, this.directory.usersFor(actor));
      if (user === null) throw new NotFound("User");
      const present = await access.findUserBinding(user.id, { workspaceId: workspace.id });
      // Taking a role away needs what giving it needs.
      if (present !== null) requireGrantable(actor, present.role, workspaceScope(workspace.id), this.roles);
      await keepWorkspaceAdmin(admins, workspace, () =>
        access.bindUser(user.id, { role, workspaceId: workspace.id, deploymentId: null }),
      );
      await audit.add({
        actor,
        action: "workspace.update_user_role",
        object: auditedWorkspace(workspace),
        details: { userId: user.id, role },
      });
      return role;
    });
  }
}
