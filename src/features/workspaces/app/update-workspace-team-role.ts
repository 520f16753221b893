import { requireGrantable, type Role, type RolePermissions } from "../../access";
import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, UPDATE_MEMBERS } from "../domain/workspace";
import { keepWorkspaceAdmin } from "./keep-workspace-admin";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

export interface UpdateWorkspaceTeamRoleCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly teamId: string;
  readonly role: Role;
}

/** Gives a Team of the Workspace another role in it. */
export class UpdateWorkspaceTeamRole {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, or the Team has no role in it
   * @throws Forbidden without workspace.iam.update there, or system.iam.update, or if the role, or the one that it replaces, holds what the actor
   * lacks
   * @throws InvalidInput if it is no Workspace role
   * @throws Conflict if no WORKSPACE_ADMIN would be left
   */
  execute({ actor: caller, workspaceId, teamId, role }: UpdateWorkspaceTeamRoleCommand): Promise<Role> {
    return this.unitOfWork.run(async ({ workspaces, actors, teams, admins, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      requirePermission(actor, UPDATE_MEMBERS, workspaceScope(workspace.id));
      requireGrantable(actor, role, workspaceScope(workspace.id), this.roles);

      const place = { workspaceId: workspace.id, deploymentId: null };
      const present = isId(teamId) ? await teams.findTeamBinding(teamId, place) : null;
      if (present === null) throw new NotFound("Team with a role in this Workspace");
      // Taking a role away needs what giving it needs.
      requireGrantable(actor, present.role, workspaceScope(workspace.id), this.roles);
      await keepWorkspaceAdmin(admins, workspace, () => teams.bindTeam(teamId, { role, ...place }));
      await audit.add({
        actor,
        action: "workspace.update_team_role",
        object: auditedWorkspace(workspace),
        details: { teamId, role },
      });
      return role;
    });
  }
}
