import type { AuditAction } from "../../../kernel/audit-entry";
import {
  requireGrantable,
  type Directory,
  type Role,
  type RoleBinding,
  type RolePermissions,
  type Team,
  type TeamStores,
} from "../../access";
import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, NotFound } from "../../../kernel/errors";
import { deploymentScope, type Actor } from "../../../kernel/permissions";
import { DEPLOYMENT_PERMISSIONS } from "../domain/access";
import { auditedDeployment } from "../domain/deployment";
import { lockDeployment } from "./lock-deployment";
import type { DeploymentStores } from "./ports";

export interface DeploymentTeamCommand {
  readonly actor: Actor;
  readonly deploymentId: string;
  readonly teamId: string;
}

/** The same error for a Team that exists without a role there, so that it does not reveal which Teams exist. */
const TEAM_WITH_ROLE = "Team with a role on this Deployment";

interface Change {
  readonly role: Role | null;
  readonly action: AuditAction;
  /** What is not found where there is no such Team. */
  readonly missing: string;
}

/**
 * Roles of Teams on one Deployment.
 *
 * All of them throw NotFound if there is no such Deployment, or no such Team that the actor knows, and Forbidden without
 * deployment.teamRoles.update there, or system.iam.update, or if the role, or the one that it replaces, holds what the
 * actor lacks.
 */
export class DeploymentTeamRoles {
  constructor(
    private readonly unitOfWork: UnitOfWork<DeploymentStores>,
    private readonly roles: RolePermissions,
    private readonly directory: Directory,
  ) {}

  /** @throws Conflict if the Team has a role there already */
  add({ role, ...command }: DeploymentTeamCommand & { readonly role: Role }): Promise<RoleBinding> {
    return this.change(
      command,
      { role, action: "deployment.add_team", missing: "Team" },
      async (teams, team, { present, place }) => {
        if (present !== null) throw new Conflict("The Team has a role on this Deployment already");
        return teams.bindTeam(team.id, { role, ...place });
      },
    );
  }

  /** @throws NotFound if the Team has no role there */
  update({ role, ...command }: DeploymentTeamCommand & { readonly role: Role }): Promise<RoleBinding> {
    return this.change(
      command,
      { role, action: "deployment.update_team_role", missing: TEAM_WITH_ROLE },
      async (teams, team, { present, place }) => {
        if (present === null) throw new NotFound(TEAM_WITH_ROLE);
        return teams.bindTeam(team.id, { role, ...place });
      },
    );
  }

  /** Returns what was taken away. @throws NotFound if the Team has no role there */
  remove(command: DeploymentTeamCommand): Promise<RoleBinding> {
    return this.change(
      command,
      { role: null, action: "deployment.remove_team", missing: TEAM_WITH_ROLE },
      async (teams, team, { place }) => {
        const removed = await teams.unbindTeam(team.id, place);
        if (removed === null) throw new NotFound(TEAM_WITH_ROLE);
        return removed;
      },
    );
  }

  private change(
    { deploymentId, teamId, ...command }: DeploymentTeamCommand,
    { role, action, missing }: Change,
    work: (
      teams: TeamStores,
      team: Team,
      at: {
        readonly place: { readonly workspaceId: null; readonly deploymentId: string };
        readonly present: RoleBinding | null;
      },
    ) => Promise<RoleBinding>,
  ): Promise<RoleBinding> {
    return this.unitOfWork.run(async (stores) => {
      const { teams, audit } = stores;
      const { deployment, actor } = await lockDeployment(
        stores,
        command.actor,
        { id: deploymentId },
        DEPLOYMENT_PERMISSIONS.updateTeams,
      );
      if (role !== null) requireGrantable(actor, role, deploymentScope(deployment), this.roles);
      const team = isId(teamId) ? await teams.lockKnownTeam(teamId, this.directory.teamsFor(actor)) : null;
      if (team === null) throw new NotFound(missing);
      const place = { workspaceId: null, deploymentId: deployment.id };
      const present = await teams.findTeamBinding(team.id, place);
      // Taking a role away needs what giving it needs.
      if (present !== null) requireGrantable(actor, present.role, deploymentScope(deployment), this.roles);
      const binding = await work(teams, team, { place, present });
      await audit.add({
        actor,
        action,
        object: auditedDeployment(deployment),
        details: { teamId: team.id, role: binding.role },
      });
      return binding;
    });
  }
}
