import { In, type DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import type { TeamPage, TeamPageQuery, TeamReadModel } from "../app/team-ports";
import type { PlacedBinding, Team, User } from "../domain/accounts";
import type { VisibleTeams } from "../domain/directory";
import { TeamRow } from "./access.rows";
import { teamIsVisible } from "./known-to";
import { placedBindings } from "./placed-bindings";

const TEAM = `t.id, t.name, t.description, t.provider, t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;

export class TeamReadModelSql implements TeamReadModel {
  constructor(private readonly dataSource: DataSource) {}

  teamsByIds(ids: readonly string[]): Promise<Team[]> {
    return this.dataSource.manager.findBy(TeamRow, { id: In(ids) });
  }

  async pageOfTeams({ among, cursor, take }: TeamPageQuery): Promise<TeamPage> {
    const backwards = take < 0;
    const [isVisible, parameters] = teamIsVisible(among);
    // One statement, so that page and count tell of the same moment; a row without a Team where the page is empty.
    const rows = await this.query<Omit<Team, "id"> & { id: string | null; count: number }>(
      `WITH listed AS (
         SELECT t.* FROM team t WHERE ${isVisible}
       )
       SELECT ${TEAM}, c.count FROM (SELECT count(*) AS count FROM listed) c LEFT JOIN (
         SELECT * FROM listed WHERE $5::uuid IS NULL OR id ${backwards ? "<" : ">"} $5
         ORDER BY id ${backwards ? "DESC" : "ASC"} LIMIT $6
       ) t ON true ORDER BY t.id`,
      [...parameters, cursor, Math.abs(take)],
    );
    return {
      count: rows[0]?.count ?? 0,
      teams: rows.flatMap(({ count: _count, id, ...team }) => (id === null ? [] : [{ id, ...team }])),
    };
  }

  async findVisibleTeam(id: string, among: VisibleTeams): Promise<Team | null> {
    const [isVisible, parameters] = teamIsVisible(among);
    const [team] = await this.query<Team>(`SELECT ${TEAM} FROM team t WHERE t.id = $5 AND ${isVisible}`, [
      ...parameters,
      id,
    ]);
    return team ?? null;
  }

  bindingsOfTeams(teamIds: readonly string[]): Promise<PlacedBinding[]> {
    return placedBindings(sqlOf(this.dataSource), { teamIds });
  }

  membersOfTeams(teamIds: readonly string[]): Promise<(User & { teamId: string })[]> {
    return this.query(
      `SELECT u.id, u.username, u.full_name AS "fullName", u.status, u.created_at AS "createdAt",
         u.updated_at AS "updatedAt", m.team_id AS "teamId"
       FROM team_member m JOIN app_user u ON u.id = m.user_id
       WHERE m.team_id = ANY($1) ORDER BY u.username, u.id`,
      [teamIds],
    );
  }

  teamsOnWorkspaces(workspaceIds: readonly string[]): Promise<(Team & { workspaceId: string })[]> {
    return this.query(
      `SELECT ${TEAM}, b.workspace_id AS "workspaceId" FROM role_binding b JOIN team t ON t.id = b.team_id
       WHERE b.workspace_id = ANY($1) ORDER BY t.name, t.id`,
      [workspaceIds],
    );
  }

  teamsOnDeployments(deploymentIds: readonly string[]): Promise<(Team & { deploymentId: string })[]> {
    return this.query(
      `SELECT ${TEAM}, b.deployment_id AS "deploymentId" FROM role_binding b JOIN team t ON t.id = b.team_id
       WHERE b.deployment_id = ANY($1) ORDER BY t.name, t.id`,
      [deploymentIds],
    );
  }

  private query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return sqlOf(this.dataSource).query(statement, parameters);
  }
}
