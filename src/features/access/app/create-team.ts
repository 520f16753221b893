import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { checkDescription, checkLabel } from "../../../kernel/text";
import type { Team } from "../domain/accounts";
import { auditedTeam, checkProvider, readMemberIds, requireLocal } from "../domain/teams";
import { requireUsers } from "./require-users";
import type { AccessTransaction } from "./ports";

export interface CreateTeamCommand {
  readonly actor: Actor;
  readonly name: string;
  readonly description: string | null;
  readonly provider: string | null;
  /** Members from the start; null for none. */
  readonly userIds: readonly string[] | null;
}

/**
 * Creates a Team without roles. A provider's Team can be created before a member of its group has signed in, so that
 * its roles hold from the first sign-in on.
 */
export class CreateTeam {
  constructor(
    private readonly unitOfWork: UnitOfWork<AccessTransaction>,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Forbidden without system.teams.create
   * @throws InvalidInput
   * @throws NotFound if one of the users is not there
   * @throws Conflict if the provider has a Team of this name, or members are given for one that is not local
   */
  async execute({ actor, name, description, provider, userIds }: CreateTeamCommand): Promise<Team> {
    requirePermission(actor, "system.teams.create", SYSTEM_SCOPE);
    const now = this.clock();
    const team: Team = {
      id: newId(),
      name: checkLabel(name, "name"),
      description: checkDescription(description),
      provider: checkProvider(provider),
      createdAt: now,
      updatedAt: now,
    };
    const members = readMemberIds(userIds, "userIds") ?? [];
    if (members.length > 0) requireLocal(team);
    return this.unitOfWork.run(async ({ teams, access, audit }) => {
      await teams.addTeam(team);
      await requireUsers(access, members);
      if (members.length > 0) await teams.addMembers(team.id, members);
      await audit.add({
        actor,
        action: "team.create",
        object: auditedTeam(team),
        details: { provider: team.provider, ...(members.length > 0 && { addedUserIds: members.join(" ") }) },
      });
      return team;
    });
  }
}
