import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import type { Team } from "../domain/accounts";
import { requireAllGrantable } from "../domain/granting";
import type { RolePermissions } from "../domain/roles";
import { auditedTeam } from "../domain/teams";
import { keepAdmins } from "./keep-admins";
import type { AccessTransaction } from "./ports";

/** Removes a Team with all its roles; its members lose them at once, and keep their accounts. */
export class RemoveTeam {
  constructor(
    private readonly unitOfWork: UnitOfWork<AccessTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * @throws Forbidden without system.teams.remove, or if the Team's roles hold what the actor lacks
   * @throws NotFound
   * @throws Conflict if no SYSTEM_ADMIN, or no WORKSPACE_ADMIN of a Workspace, would be left
   */
  execute({ actor, teamId }: { readonly actor: Actor; readonly teamId: string }): Promise<Team> {
    requirePermission(actor, "system.teams.remove", SYSTEM_SCOPE);
    return this.unitOfWork.run(async ({ teams, admins, audit }) => {
      const team = isId(teamId) ? await teams.lockTeam(teamId) : null;
      if (team === null) throw new NotFound("Team");
      requireAllGrantable(actor, await admins.rolesOf({ teamId: team.id }), this.roles);
      await keepAdmins(admins, [{ teamId: team.id }], () => teams.removeTeam(team.id));
      await audit.add({ actor, action: "team.remove", object: auditedTeam(team) });
      return team;
    });
  }
}
