import type { Clock } from "../../../kernel/clock";
import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { checkDescription, checkLabel } from "../../../kernel/text";
import type { Team } from "../domain/accounts";
import { requireAllGrantable } from "../domain/granting";
import type { RolePermissions } from "../domain/roles";
import {
  auditedTeam,
  membersAfter,
  readMemberChange,
  requireLocal,
  requireRenamable,
  type GivenMembers,
} from "../domain/teams";
import { keepAdmins } from "./keep-admins";
import { requireUsers } from "./require-users";
import type { AccessTransaction } from "./ports";

export interface UpdateTeamCommand extends GivenMembers {
  readonly actor: Actor;
  readonly teamId: string;
  /** Undefined keeps. */
  readonly name?: string | undefined;
  /** Undefined keeps, null clears. */
  readonly description?: string | null | undefined;
}

/** Changes a Team's name, description or members: all of what is given, or nothing. */
export class UpdateTeam {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly roles: RolePermissions;
      readonly clock: Clock;
    },
  ) {}

  /**
   * Who is a member already stays one, and who is none cannot leave: both are no errors.
   * @throws Forbidden without system.teams.update, or if the Team is renamed or its members change and its roles hold
   *   what the actor lacks
   * @throws NotFound if there is no such Team, or one of the users is not there
   * @throws InvalidInput
   * @throws Conflict if the name is taken, the name or the members come from a provider, or the last SYSTEM_ADMIN, or
   *   WORKSPACE_ADMIN of a Workspace, would leave
   */
  execute({ actor, teamId, name, description, ...given }: UpdateTeamCommand): Promise<Team> {
    requirePermission(actor, "system.teams.update", SYSTEM_SCOPE);
    const changes = {
      ...(name !== undefined && { name: checkLabel(name, "newName") }),
      ...(description !== undefined && { description: checkDescription(description) }),
    };
    const memberChange = readMemberChange(given);
    return this.deps.unitOfWork.run(async (tx) => {
      const team = isId(teamId) ? await tx.teams.lockTeam(teamId) : null;
      if (team === null) throw new NotFound("Team");
      const isRenamed = Object.keys(changes).length > 0;
      const updated: Team = isRenamed ? { ...team, ...changes, updatedAt: this.deps.clock() } : team;
      if (updated.name !== team.name) requireRenamable(team);
      if (isRenamed) await tx.teams.updateTeam(updated);
      if (memberChange !== null) requireLocal(team);
      const { added, removed } =
        memberChange === null ? NOBODY : membersAfter(await tx.teams.membersOf(team.id), memberChange);
      if (updated.name !== team.name || added.length + removed.length > 0)
        requireAllGrantable(actor, await tx.admins.rolesOf({ teamId: team.id }), this.deps.roles);
      if (added.length > 0) {
        await requireUsers(tx.access, added);
        await tx.teams.addMembers(team.id, added);
      }
      if (removed.length > 0) {
        await keepAdmins(tx.admins, [{ teamId: team.id }], () => tx.teams.removeMembers(team.id, removed));
      }
      await tx.audit.add({
        actor,
        action: "team.update",
        object: auditedTeam(updated),
        details: {
          ...(updated.name !== team.name && { formerName: team.name }),
          ...(added.length > 0 && { addedUserIds: added.join(" ") }),
          ...(removed.length > 0 && { removedUserIds: removed.join(" ") }),
        },
      });
      return updated;
    });
  }
}

const NOBODY = { added: [], removed: [] } as const;
