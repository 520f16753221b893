import type { DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { DeploymentReadModel, VisibleDeployments } from "../../deployments";
import {
  DEPLOY_TASKS,
  type HistoryState,
  type RevisionFilter,
  type RevisionPage,
  type RevisionProperty,
  type RevisionReadModel,
  type RevisionView,
} from "../app/ports";
import type { DeployContent, DeployRevision, DeployStatus } from "../domain/deploy-revision";
import { lowestWatched, type HistoryPosition } from "../domain/history-position";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import { DeployRevisionRow } from "./deploy-revision.row";
import { haveRunTogether } from "./ran-together";
import { filterConditions } from "./revision-filter";

/** With LIMIT as a parameter Postgres would plan each statement anew, so a few page sizes are read and then cut. */
const PAGE_SIZES = [21, 51, 102, 1_001] as const;
/**
 * Sets of columns that pages may ask for before the rest gets all of them: each is a statement that connections keep
 * prepared.
 */
const MAX_COLUMN_SETS = 50;

const MAX_CHANGES = 100;

type PageRow = RevisionView & { readonly workspaceId: string; readonly id: string | null };

export class RevisionReadModelSql implements RevisionReadModel {
  private readonly sql: Sql;
  private readonly columns: string;
  private readonly columnSets = new Map<string, string>();
  private readonly statements: RowStatements<DeployRevisionRow>;

  constructor(
    dataSource: DataSource,
    private readonly deployments: DeploymentReadModel,
  ) {
    this.sql = sqlOf(dataSource);
    this.statements = new RowStatements(dataSource, DeployRevisionRow);
    this.columns = this.statements.select("r");
  }

  async page({
    deploymentId,
    filter,
    limit,
    before,
    above,
    offset,
    properties,
  }: Parameters<RevisionReadModel["page"]>[0]): Promise<RevisionPage> {
    const parameters: unknown[] = [deploymentId];
    const conditions = ["r.deployment_id = d.id", ...filterConditions(filter, parameters)];
    if (before !== undefined) conditions.push(`r.number < $${parameters.push(before)}`);
    if (above !== undefined) conditions.push(`r.number > $${parameters.push(above)}`);
    const skip = offset === undefined || offset === 0 ? "" : `OFFSET $${parameters.push(offset)}`;
    const size = PAGE_SIZES.find((one) => one > limit) ?? limit + 1;
    // One statement for the page and for what the permission check needs to know of the Deployment.
    const rows = await this.sql.query<PageRow>(
      `SELECT d.workspace_id AS "workspaceId", p.*, d.id AS "deploymentId", p.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent"
       FROM deployment d LEFT JOIN LATERAL (
         SELECT ${this.columnsFor(properties)} FROM deploy_revision r WHERE ${conditions.join(" AND ")}
         ORDER BY r.number ${above === undefined ? "DESC" : "ASC"} LIMIT ${size} ${skip}
       ) p ON true
       WHERE d.id = $1 AND d.deleted_at IS NULL`,
      parameters,
    );
    const [first] = rows;
    if (first === undefined) return { deployment: null, revisions: [], hasNextPage: false };
    const revisions = first.id === null ? [] : rows.slice(0, limit);
    if (above !== undefined) revisions.reverse();
    return {
      deployment: { id: first.deploymentId, workspaceId: first.workspaceId },
      revisions,
      hasNextPage: rows.length > limit,
    };
  }

  async count(deploymentId: string, filter: RevisionFilter): Promise<number> {
    const parameters: unknown[] = [deploymentId];
    const conditions = ["r.deployment_id = $1", ...filterConditions(filter, parameters)];
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*) AS count FROM deploy_revision r WHERE ${conditions.join(" AND ")}`,
      parameters,
    );
    return row?.count ?? 0;
  }

  findMany(ids: readonly string[]): Promise<RevisionView[]> {
    return this.sql.query(
      `SELECT ${this.columns}, r.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent"
       FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id AND d.deleted_at IS NULL
       WHERE r.id = ANY($1)`,
      [ids],
    );
  }

  async findVisible(id: string, among: VisibleDeployments): ReturnType<RevisionReadModel["findVisible"]> {
    const { workspaceIds, deploymentIds } = among === "all" ? { workspaceIds: null, deploymentIds: null } : among;
    const [found] = await this.sql.query<RevisionView & { workspaceId: string }>(
      `SELECT ${this.columns}, r.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent", d.workspace_id AS "workspaceId"
       FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id AND d.deleted_at IS NULL
       WHERE r.id = $1 AND ($2::uuid[] IS NULL OR d.workspace_id = ANY($2) OR d.id = ANY($3::uuid[]))`,
      [id, workspaceIds, deploymentIds],
    );
    if (found === undefined) return null;
    const { workspaceId, ...revision } = found;
    return { revision, deployment: { id: revision.deploymentId, workspaceId } };
  }

  async findByNumber(deploymentId: string, number: number): Promise<RevisionView | null> {
    const [found] = await this.sql.query<RevisionView>(
      `SELECT ${this.columns}, r.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent"
       FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id AND d.deleted_at IS NULL
       WHERE r.deployment_id = $1 AND r.number = $2`,
      [deploymentId, number],
    );
    return found ?? null;
  }

  beforeCurrent(
    deploymentIds: readonly string[],
    { statuses, limit }: { readonly statuses?: readonly DeployStatus[]; readonly limit: number },
  ): Promise<RevisionView[]> {
    return this.sql.query(
      `SELECT f.* FROM deployment d
       JOIN deploy_revision c ON c.id = d.current_revision_id
       LEFT JOIN deploy_revision o ON o.id = c.origin_id
       -- A rollback of one part is its own origin, and stands where that part came from.
       LEFT JOIN deploy_revision part ON part.id = o.rollback_from_id
       LEFT JOIN deploy_revision po ON po.id = part.origin_id
       CROSS JOIN LATERAL (
         SELECT ${this.columns}, false AS "isCurrent" FROM deploy_revision r
         WHERE r.deployment_id = d.id AND r.number < coalesce(po.number, part.number, o.number, c.number) AND ($2::text[] IS NULL OR r.status = ANY($2))
         ORDER BY r.number DESC LIMIT $3
       ) f
       WHERE d.id = ANY($1) AND d.deleted_at IS NULL
       ORDER BY f."deploymentId", f.number DESC`,
      [deploymentIds, statuses ?? null, limit],
    );
  }

  async runningAt(deploymentId: string, at: Instant): Promise<RevisionView | null> {
    // Revisions become current in the order of their numbers. A gap after the found revision means that lines were
    // cleaned up, and one of them may have run then. After what runs now there is no gap.
    const [found] = await this.sql.query<RevisionView & { readonly isKnown: boolean }>(
      `SELECT f.*, f.id = d.current_revision_id AS "isCurrent",
         f.id = d.current_revision_id OR f.number + 1 = (
           SELECT min(n.number) FROM deploy_revision n WHERE n.deployment_id = d.id AND n.number > f.number) AS "isKnown"
       FROM deployment d CROSS JOIN LATERAL (
         SELECT ${this.columns} FROM deploy_revision r
         WHERE r.deployment_id = d.id AND r.status = 'DEPLOYED' AND r.finished_at <= $2
         ORDER BY r.number DESC LIMIT 1
       ) f
       WHERE d.id = $1 AND d.deleted_at IS NULL`,
      [deploymentId, at],
    );
    return found?.isKnown === true ? found : null;
  }

  async historyStates(deploymentIds: readonly string[]): Promise<HistoryState[]> {
    const deployments = await this.deployments.findMany(deploymentIds);
    if (deployments.length === 0) return [];
    const rows = await this.sql.query<DeployRevision & { previousDeployedNumber: number | null }>(
      `SELECT ${this.columns}, (
         SELECT p.number FROM deploy_revision p
         WHERE r.id = d.current_revision_id AND p.deployment_id = d.id AND p.number < r.number AND p.status = 'DEPLOYED'
         ORDER BY p.number DESC LIMIT 1
       ) AS "previousDeployedNumber"
       FROM deployment d JOIN deploy_revision r ON r.id IN (d.current_revision_id, d.head_revision_id)
       WHERE d.id = ANY($1)`,
      [deploymentIds],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return deployments.map((deployment) => {
      const current = byId.get(deployment.currentRevisionId ?? "") ?? null;
      const head = byId.get(deployment.headRevisionId ?? "") ?? null;
      return { deployment, current, head, previousDeployedNumber: current?.previousDeployedNumber ?? null };
    });
  }

  haveRunTogether(deploymentId: string, content: DeployContent): Promise<boolean> {
    return haveRunTogether(this.sql, deploymentId, content);
  }

  deployedBetween(deploymentId: string, lower: number, upper: number, limit: number): Promise<RevisionView[]> {
    return this.sql.query(
      `SELECT ${this.columns}, false AS "isCurrent" FROM deploy_revision r
       WHERE r.deployment_id = $1 AND r.number > $2 AND r.number < $3 AND r.status = 'DEPLOYED'
       ORDER BY r.number DESC LIMIT $4`,
      [deploymentId, lower, upper, limit],
    );
  }

  async changedSince(deploymentId: string, position: HistoryPosition): Promise<RevisionView[] | null> {
    const rows = await this.sql.query<RevisionView & { readonly id: string | null }>(
      `SELECT ${this.columns}, r.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent"
       FROM deployment d LEFT JOIN deploy_revision r ON r.deployment_id = d.id AND r.number >= $2
         AND (r.number > $3 OR (r.number = ANY($4) AND r.status <> 'INITIALIZED'))
       WHERE d.id = $1 AND d.deleted_at IS NULL
       ORDER BY r.number LIMIT ${MAX_CHANGES}`,
      [deploymentId, lowestWatched(position), position.number, position.unfinished],
    );
    return rows.length === 0 ? null : rows.filter(({ id }) => id !== null);
  }

  async deployedDeployments(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>(
      `SELECT id FROM deployment WHERE current_revision_id IS NOT NULL AND deleted_at IS NULL AND ($1::uuid IS NULL OR id > $1)
       ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  stranded(before: Instant): Promise<{ revisionId: string; deploymentId: string }[]> {
    return this.sql.query(
      `SELECT r.id AS "revisionId", r.deployment_id AS "deploymentId"
       FROM deploy_revision r JOIN deployment d ON d.head_revision_id = r.id AND d.deleted_at IS NULL
       WHERE r.status = 'INITIALIZED' AND r.updated_at < $1
         AND NOT EXISTS (SELECT 1 FROM graphile_worker.jobs j
                         WHERE j.task_identifier = $2 AND j.queue_name = r.deployment_id::text)`,
      [before, DEPLOY_TASKS.apply],
    );
  }

  private columnsFor(properties: readonly RevisionProperty[] | undefined): string {
    if (properties === undefined) return this.columns;
    const key = properties.join();
    let columns = this.columnSets.get(key);
    if (columns === undefined) {
      if (this.columnSets.size >= MAX_COLUMN_SETS) return this.columns;
      columns = this.statements.select("r", ["id", "number", ...properties]);
      this.columnSets.set(key, columns);
    }
    return columns;
  }
}
