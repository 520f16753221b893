import type { DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import type { Sql } from "../../../infrastructure/postgres/sql";
import { patternsContaining } from "../../../infrastructure/postgres/like-patterns";
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
  private readonly sql: Sql;
  private readonly columns: string;

  constructor(dataSource: DataSource) {
    this.sql = sqlOf(dataSource);
    this.columns = new RowStatements(dataSource, DeploymentRow).select("d");
  }

  async find(id: string): Promise<Deployment | null> {
    const [deployment = null] = await this.select("d.id = $1", id);
    return deployment;
  }

  async findByReleaseName(releaseName: string): Promise<Deployment | null> {
    // A URL can contain a null character, which Postgres refuses in texts.
    if (releaseName.includes("\0")) return null;
    const [deployment = null] = await this.select("d.release_name = $1", releaseName);
    return deployment;
  }

  findMany(ids: readonly string[]): Promise<Deployment[]> {
    return this.select("d.id = ANY($1)", ids);
  }

  findManyByReleaseName(releaseNames: readonly string[]): Promise<Deployment[]> {
    return this.select("d.release_name = ANY($1)", releaseNames);
  }

  /** Those that are not deleted. */
  private select(condition: string, parameter: unknown): Promise<Deployment[]> {
    return this.sql.query<Deployment>(
      `SELECT ${this.columns} FROM deployment d WHERE ${condition} AND d.deleted_at IS NULL`,
      [parameter],
    );
  }

  async takenNamespaces(names: readonly string[]): Promise<string[]> {
    const rows = await this.sql.query<{ namespace: string }>(
      "SELECT DISTINCT namespace FROM deployment WHERE namespace = ANY($1)",
      [names],
    );
    return rows.map(({ namespace }) => namespace);
  }

  async hasPlace(id: string, among: VisibleDeployments): Promise<boolean> {
    const parameters: unknown[] = [id];
    const isAmong = among === "all" ? "true" : visibility(among, (value) => `$${parameters.push(value)}`);
    const rows = await this.sql.query<object>(`SELECT 1 FROM deployment d WHERE d.id = $1 AND ${isAmong}`, parameters);
    return rows.length > 0;
  }

  async runtimeVersions(among: VisibleDeployments): Promise<string[]> {
    const parameters: unknown[] = [];
    const isAmong = among === "all" ? "true" : visibility(among, (value) => `$${parameters.push(value)}`);
    const rows = await this.sql.query<{ version: string }>(
      `SELECT DISTINCT version FROM deployment d, unnest(ARRAY[d.runtime_version, d.pending_runtime_version]) version
       WHERE version IS NOT NULL AND d.deleted_at IS NULL AND ${isAmong}`,
      parameters,
    );
    return rows.map(({ version }) => version);
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
      namePart !== undefined &&
        `(d.label || E'\n' || d.release_name) ILIKE ANY(${given(patternsContaining(namePart))}::text[])`,
      cursor !== undefined &&
        `(d.label, d.id) ${comparison} (SELECT label, id FROM deployment WHERE id = ${given(cursor)})`,
    ].filter(Boolean);
    const rows = await this.sql.query<Deployment>(
      `SELECT ${this.columns} FROM deployment d WHERE ${conditions.join(" AND ")}
       ORDER BY d.label ${direction}, d.id ${direction}
       LIMIT ${given(limit === undefined ? null : Math.abs(limit))} OFFSET ${given(offset ?? 0)}`,
      parameters,
    );
    return direction === "DESC" ? rows.reverse() : rows;
  }
}
