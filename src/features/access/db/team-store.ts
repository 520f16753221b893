import { In, IsNull, type EntityManager, type FindOptionsWhere } from "typeorm";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import { lockInTurn } from "../../../infrastructure/postgres/lock-turns";
import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import { Conflict } from "../../../kernel/errors";
import { compositionsOf } from "../../../kernel/text";
import type { BoundTo, TeamStores } from "../app/team-ports";
import type { RoleBinding, Team } from "../domain/accounts";
import type { BoundRole } from "../domain/roles";
import type { KnownTo } from "../domain/directory";
import { teamIsKnown } from "./known-to";
import { unlessGone } from "./unless-gone";
import { RoleBindingRow, TeamMemberRow, TeamRow } from "./access.rows";

export class TeamStore implements TeamStores {
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
  ) {}

  lockTeam(id: string): Promise<Team | null> {
    // FOR UPDATE: new members and roles wait as well, as their foreign keys lock this row too.
    return lockInTurn(this.manager, "this Team", id, () =>
      this.manager.findOne(TeamRow, { where: { id }, lock: { mode: "pessimistic_write" } }),
    );
  }

  async lockKnownTeam(id: string, knownTo: KnownTo): Promise<Team | null> {
    const [isKnown, parameters] = teamIsKnown(knownTo);
    const known = await this.manager.query<unknown[]>(`SELECT FROM team t WHERE t.id = $3 AND ${isKnown}`, [
      ...parameters,
      id,
    ]);
    return known.length === 0 ? null : this.lockTeam(id);
  }

  findTeam(id: string): Promise<Team | null> {
    return this.manager.findOneBy(TeamRow, { id });
  }

  findTeamsByName(provider: string, names: readonly string[]): Promise<Team[]> {
    return this.manager.find(TeamRow, {
      where: { provider, name: In(names.flatMap(compositionsOf)) },
      order: { id: "ASC" },
    });
  }

  addTeam(team: Team): Promise<void> {
    return unlessTaken(team, async () => void (await this.manager.insert(TeamRow, team)));
  }

  async addTeamUnlessThere({ id, name, description, provider, createdAt, updatedAt }: Team): Promise<boolean> {
    const added = await this.manager.query<unknown[]>(
      `INSERT INTO team (id, name, description, provider, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT ON CONSTRAINT team_provider_name_key DO NOTHING RETURNING id`,
      [id, name, description, provider, createdAt, updatedAt],
    );
    return added.length > 0;
  }

  updateTeam(team: Team): Promise<void> {
    const { id, name, description, updatedAt } = team;
    return unlessTaken(
      team,
      async () => void (await this.manager.update(TeamRow, { id }, { name, description, updatedAt })),
    );
  }

  async removeTeam(id: string): Promise<void> {
    await this.manager.delete(TeamRow, { id });
  }

  async membersOf(teamId: string): Promise<string[]> {
    const members = await this.manager.find(TeamMemberRow, { where: { teamId }, order: { userId: "ASC" } });
    return members.map(({ userId }) => userId);
  }

  async addMembers(teamId: string, userIds: readonly string[]): Promise<void> {
    await unlessGone(() =>
      this.manager.query(
        `INSERT INTO team_member (team_id, user_id, created_at)
         SELECT $1, id, $3 FROM unnest($2::uuid[]) AS id ORDER BY id ON CONFLICT DO NOTHING`,
        [teamId, userIds, this.clock()],
      ),
    );
  }

  async removeMembers(teamId: string, userIds: readonly string[]): Promise<void> {
    await this.manager.delete(TeamMemberRow, { teamId, userId: In(userIds) });
  }

  async teamsOfUser(userId: string): Promise<Team[]> {
    const memberships = await this.manager.find(TeamMemberRow, {
      where: { userId },
      relations: { team: true },
      order: { teamId: "ASC" },
    });
    return memberships.flatMap(({ team }) => team ?? []);
  }

  async bindTeam(teamId: string, bound: BoundRole): Promise<RoleBinding> {
    const present = await this.findTeamBinding(teamId, bound);
    if (present !== null) {
      await this.manager.update(RoleBindingRow, { id: present.id }, { role: bound.role });
      return { ...present, role: bound.role };
    }
    const { role, workspaceId, deploymentId } = bound;
    const binding = { id: newId(), userId: null, serviceAccountId: null, teamId, role, workspaceId, deploymentId };
    await unlessGone(() => this.manager.insert(RoleBindingRow, { ...binding, createdAt: this.clock() }));
    return binding;
  }

  async unbindTeam(teamId: string, place: BoundTo): Promise<RoleBinding | null> {
    const present = await this.findTeamBinding(teamId, place);
    if (present !== null) await this.manager.delete(RoleBindingRow, { id: present.id });
    return present;
  }

  async unbindTeamFromDeploymentsOf(teamId: string, { workspaceId }: { workspaceId: string }): Promise<void> {
    await this.manager.query(
      `DELETE FROM role_binding
       WHERE team_id = $1 AND deployment_id IN (SELECT id FROM deployment WHERE workspace_id = $2)`,
      [teamId, workspaceId],
    );
  }

  findTeamBinding(teamId: string, place: BoundTo): Promise<RoleBinding | null> {
    return this.manager.findOneBy(RoleBindingRow, { teamId, ...at(place) });
  }
}

const at = ({ workspaceId, deploymentId }: BoundTo): FindOptionsWhere<RoleBindingRow> => ({
  workspaceId: workspaceId ?? IsNull(),
  deploymentId: deploymentId ?? IsNull(),
});

async function unlessTaken({ name }: Team, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (constraintOf(error) === "team_provider_name_key") {
      throw new Conflict(`There is a Team with the name ${JSON.stringify(name)} already`, { cause: error });
    }
    throw error;
  }
}
