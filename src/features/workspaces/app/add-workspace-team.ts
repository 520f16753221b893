import { requireGrantable, type Directory, type Role, type RolePermissions } from "../../access";
import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, NotFound } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, UPDATE_MEMBERS, type Workspace } from "../domain/workspace";
import { lockGrantedDeployments, type DeploymentRole } from "./deployment-roles";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

export interface AddWorkspaceTeamCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly teamId: string;
  readonly role: Role;
  /** Roles on Deployments of the Workspace, given along with it. */
  readonly deploymentRoles: readonly DeploymentRole[];
}

/** Lets a Team into a Workspace, and if wanted onto Deployments of it: all of that, or nothing. */
export class AddWorkspaceTeam {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly roles: RolePermissions,
    private readonly directory: Directory,
  ) {}

  /**
   * @throws NotFound if there is no such Workspace, Deployment in it, or Team that the actor knows
   * @throws Forbidden without workspace.iam.update there, or system.iam.update; on a Deployment without
   *   deployment.teamRoles.update; and anywhere if the role holds what the actor lacks
   * @throws InvalidInput if a role is not of its level
   * @throws Conflict if the Team has a role in the Workspace already
   */
  execute({ actor: caller, workspaceId, teamId, role, ...command }: AddWorkspaceTeamCommand): Promise<Workspace> {
    return this.unitOfWork.run(async ({ workspaces, actors, contents, teams, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      const scope = workspaceScope(workspace.id);
      requirePermission(actor, UPDATE_MEMBERS, scope);
      requireGrantable(actor, role, scope, this.roles);
      const deploymentRoles = await lockGrantedDeployments(contents, {
        actor,
        workspace,
        deploymentRoles: command.deploymentRoles,
        permission: ["deployment.teamRoles.update", "system.iam.update"],
        roles: this.roles,
      });

      const team = isId(teamId) ? await teams.lockKnownTeam(teamId, this.directory.teamsFor(actor)) : null;
      if (team === null) throw new NotFound("Team");
      const place = { workspaceId: workspace.id, deploymentId: null };
      if ((await teams.findTeamBinding(team.id, place)) !== null) {
        throw new Conflict("The Team has a role in this Workspace already");
      }
      await teams.bindTeam(team.id, { role, ...place });
      for (const { deploymentId, role: deploymentRole } of deploymentRoles) {
        await teams.bindTeam(team.id, { role: deploymentRole, workspaceId: null, deploymentId });
      }
      await audit.add({
        actor,
        action: "workspace.add_team",
        object: auditedWorkspace(workspace),
        details: { teamId: team.id, role, deployments: deploymentRoles.length },
      });
      return workspace;
    });
  }
}
