import { In, IsNull, type DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import type { DeploymentList, DeploymentReadModel } from "../app/ports";
import type { VisibleDeployments } from "../domain/access";
import type { Deployment } from "../domain/deployment";
import { DeploymentRow } from "./deployment.row";

const visibility = (
  { workspaceIds, deploymentIds }: Exclude<VisibleDeployments, "all">,
  given: (value: unknown) => string,
): string => `(d.workspace_id = ANY(${given(workspaceIds)}) OR d.id = ANY(${given(deploymentIds)}))`;

export class DeploymentReadModelSql implements DeploymentReadModel {
  private readonly rows: RowStatements<DeploymentRow>;

  constructor(private readonly dataSource: DataSource) {
    this.rows = new RowStatements(dataSource, DeploymentRow);
  }

  find(id: string): Promise<Deployment | null> {
    return this.dataSource.manager.findOneBy(DeploymentRow, { id, deletedAt: IsNull() });
  }

  async findByReleaseName(releaseName: string): Promise<Deployment | null> {
    // A URL can hold the character that no text of Postgres does.
    if (releaseName.includes("\0")) return null;
    return this.dataSource.manager.findOneBy(DeploymentRow, { releaseName, deletedAt: IsNull() });
  }

  findMany(ids: readonly string[]): Promise<Deployment[]> {
    return this.dataSource.manager.findBy(DeploymentRow, { id: In(ids), deletedAt: IsNull() });
  }

  findManyByReleaseName(releaseNames: readonly string[]): Promise<Deployment[]> {
    return this.dataSource.manager.findBy(DeploymentRow, { releaseName: In(releaseNames), deletedAt: IsNull() });
  }

  async takenNamespaces(names: readonly string[]): Promise<string[]> {
    const rows = await sqlOf(this.dataSource).query<{ namespace: string }>(
      "SELECT DISTINCT namespace FROM deployment WHERE namespace = ANY($1)",
      [names],
    );
    return rows.map(({ namespace }) => namespace);
  }

  async hasPlace(id: string, among: VisibleDeployments): Promise<boolean> {
    const parameters: unknown[] = [id];
    const isAmong = among === "all" ? "true" : visibility(among, (value) => `$${parameters.push(value)}`);
    const rows = await sqlOf(this.dataSource).query<object>(
      `SELECT 1 FROM deployment d WHERE d.id = $1 AND ${isAmong}`,
      parameters,
    );
    return rows.length > 0;
  }

  async list({
    among,
    workspaceId,
    releaseName,
    namePart,
    cursor,
    offset,
    limit,
  }: DeploymentList): Promise<Deployment[]> {
    const [comparison, direction] = limit !== undefined && limit < 0 ? ["<", "DESC"] : [">", "ASC"];
    const parameters: unknown[] = [];
    const given = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = [
      "d.deleted_at IS NULL",
      among !== "all" && visibility(among, given),
      workspaceId !== undefined && `d.workspace_id = ${given(workspaceId)}`,
      releaseName !== undefined && `d.release_name = ${given(releaseName)}`,
      // Not ILIKE: nothing in the text is a wildcard.
      namePart !== undefined && `position(lower(${given(namePart)}) IN lower(d.label || E'\n' || d.release_name)) > 0`,
      cursor !== undefined &&
        `(d.label, d.id) ${comparison} (SELECT label, id FROM deployment WHERE id = ${given(cursor)})`,
    ].filter(Boolean);
    const rows = await sqlOf(this.dataSource).query<Deployment>(
      `SELECT ${this.rows.select("d")} FROM deployment d WHERE ${conditions.join(" AND ")}
       ORDER BY d.label ${direction}, d.id ${direction}
       LIMIT ${given(limit === undefined ? null : Math.abs(limit))} OFFSET ${given(offset ?? 0)}`,
      parameters,
    );
    return direction === "DESC" ? rows.reverse() : rows;
  }
}
