import { requireAllGrantable, rolesWithin, type RolePermissions } from "../../access";
import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, UPDATE_MEMBERS, type Workspace } from "../domain/workspace";
import { keepWorkspaceAdmin } from "./keep-workspace-admin";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

export interface RemoveWorkspaceTeamCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly teamId: string;
}

/** Takes a Team's role in the Workspace away, and those on its Deployments. The Team stays. */
export class RemoveWorkspaceTeam {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, or the Team has no role in it
   * @throws Forbidden without workspace.iam.update there, or system.iam.update, or if the Team's roles there hold what the
   * actor lacks
   * @throws Conflict if no WORKSPACE_ADMIN would be left
   */
  execute({ actor: caller, workspaceId, teamId }: RemoveWorkspaceTeamCommand): Promise<Workspace> {
    return this.unitOfWork.run(async ({ workspaces, actors, teams, admins, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      requirePermission(actor, UPDATE_MEMBERS, workspaceScope(workspace.id));

      const place = { workspaceId: workspace.id, deploymentId: null };
      if (isId(teamId))
        requireAllGrantable(actor, rolesWithin(await admins.rolesOf({ teamId }), workspace.id), this.roles);
      const removed = isId(teamId)
        ? await keepWorkspaceAdmin(admins, workspace, () => teams.unbindTeam(teamId, place))
        : null;
      if (removed === null) throw new NotFound("Team with a role in this Workspace");
      await teams.unbindTeamFromDeploymentsOf(teamId, { workspaceId: workspace.id });
      await audit.add({
        actor,
        action: "workspace.remove_team",
        object: auditedWorkspace(workspace),
        details: { teamId, role: removed.role },
      });
      return workspace;
    });
  }
}
