import { requireAllGrantable, rolesWithin, type RolePermissions } from "../../access";
import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, UPDATE_MEMBERS, type Workspace } from "../domain/workspace";
import { keepWorkspaceAdmin } from "./keep-workspace-admin";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

export interface RemoveWorkspaceUserCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly userId: string;
}

/** Takes a user's role in the Workspace away, and those on its Deployments. The account stays. */
export class RemoveWorkspaceUser {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, or the user has no role in it
   * @throws Forbidden without workspace.iam.update there, or system.iam.update, or if the user's roles there hold what the
   * actor lacks
   * @throws Conflict if this is the last WORKSPACE_ADMIN
   */
  execute({ actor: caller, workspaceId, userId }: RemoveWorkspaceUserCommand): Promise<Workspace> {
    return this.unitOfWork.run(async ({ workspaces, actors, access, admins, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      const scope = { workspaceId: workspace.id };
      requirePermission(actor, UPDATE_MEMBERS, workspaceScope(workspace.id));

      const binding = isId(userId) ? await access.findUserBinding(userId, scope) : null;
      if (binding === null) throw new NotFound("User with a role in this Workspace");
      requireAllGrantable(actor, rolesWithin(await admins.rolesOf({ userId }), workspace.id), this.roles);
      await keepWorkspaceAdmin(admins, workspace, () => access.unbindUser(userId, scope));
      await access.unbindUserFromDeploymentsOf(userId, scope);
      await audit.add({
        actor,
        action: "workspace.remove_user",
        object: auditedWorkspace(workspace),
        details: { userId, role: binding.role },
      });
      return workspace;
    });
  }
}
