import { IsNull, LessThan, type DataSource, type EntityManager } from "typeorm";
import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import { lockInTurn } from "../../../infrastructure/postgres/lock-turns";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { NotFound } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { DeletedDeployment, DeletedDeployments, DeploymentStore } from "../app/ports";
import { NamespaceTaken, ReleaseNameKept, ReleaseNameTaken } from "../app/name-taken";
import type { Deployment } from "../domain/deployment";
import { DeploymentRow } from "./deployment.row";

const LOCKED = "this Deployment";

/** Statements that do not change between transactions. */
export class DeploymentStatements {
  readonly rows: RowStatements<DeploymentRow>;
  readonly lockById: string;
  readonly lockByReleaseName: string;
  readonly lockDeleted: string;

  constructor(dataSource: DataSource) {
    this.rows = new RowStatements(dataSource, DeploymentRow);
    const lockBy = (column: string): string =>
      `SELECT ${this.rows.select("d")} FROM deployment d WHERE d.${column} = $1 AND d.deleted_at IS NULL FOR UPDATE`;
    this.lockById = lockBy("id");
    this.lockDeleted = `SELECT ${this.rows.select("d")} FROM deployment d WHERE d.id = $1 AND d.deleted_at > $2 FOR UPDATE`;
    this.lockByReleaseName = lockBy("release_name");
  }
}

export class DeploymentStoreSql implements DeploymentStore {
  constructor(
    private readonly manager: EntityManager,
    private readonly statements: DeploymentStatements,
  ) {}

  async lock(id: string): Promise<Deployment | null> {
    const rows = await lockInTurn(this.manager, LOCKED, id, () =>
      sqlOf(this.manager).query<Deployment>(this.statements.lockById, [id]),
    );
    return rows[0] ?? null;
  }

  async lockByReleaseName(releaseName: string): Promise<Deployment | null> {
    const rows = await lockInTurn(this.manager, LOCKED, releaseName, () =>
      sqlOf(this.manager).query<Deployment>(this.statements.lockByReleaseName, [releaseName]),
    );
    return rows[0] ?? null;
  }

  async countInWorkspaceForUpdate(workspaceId: string): Promise<number> {
    await sqlOf(this.manager).query("SELECT 1 FROM workspace WHERE id = $1 FOR NO KEY UPDATE", [workspaceId]);
    return this.manager.countBy(DeploymentRow, { workspaceId, deletedAt: IsNull() });
  }

  async add(deployment: Deployment): Promise<void> {
    try {
      await this.statements.rows.insert(this.manager, { ...deployment, sharesNamespace: false, deletedAt: null });
    } catch (error) {
      if (constraintOf(error) === "deployment_release_name_key")
        throw new ReleaseNameTaken(deployment.releaseName, error);
      if (constraintOf(error) === "deployment_namespace_key") throw new NamespaceTaken(deployment.namespace, error);
      // It was deleted at this moment.
      if (constraintOf(error) === "deployment_workspace_fkey") throw new NotFound("Workspace");
      throw error;
    }
    // After the insert, which waits for a deletion of the Deployment that has the name until now.
    const kept = await sqlOf(this.manager).query(
      "SELECT 1 FROM former_release_name WHERE name = $1 AND workspace_id <> $2",
      [deployment.releaseName, deployment.workspaceId],
    );
    if (kept.length > 0) throw new ReleaseNameKept(deployment.releaseName);
  }

  async update(id: string, patch: Partial<Deployment>): Promise<void> {
    await this.statements.rows.update(this.manager, id, patch);
  }

  async softDelete(id: string, at: Instant): Promise<void> {
    await this.manager.update(DeploymentRow, { id }, { deletedAt: at, updatedAt: at });
  }

  async lockDeleted(id: string, deletedAfter: Instant): Promise<Deployment | null> {
    const rows = await lockInTurn(this.manager, LOCKED, id, () =>
      sqlOf(this.manager).query<Deployment>(this.statements.lockDeleted, [id, deletedAfter]),
    );
    return rows[0] ?? null;
  }

  async restore(id: string, at: Instant): Promise<void> {
    await this.manager.update(DeploymentRow, { id }, { deletedAt: null, updatedAt: at });
  }

  async delete(id: string): Promise<void> {
    await this.manager.delete(DeploymentRow, { id });
  }
}

export class DeletedDeploymentsSql implements DeletedDeployments {
  constructor(private readonly sql: Sql) {}

  list(workspaceId: string, deletedAfter: Instant, limit: number): Promise<DeletedDeployment[]> {
    return this.sql.query(
      `SELECT id, label, release_name AS "releaseName", workspace_id AS "workspaceId", deleted_at AS "deletedAt"
       FROM deployment WHERE workspace_id = $1 AND deleted_at > $2 ORDER BY deleted_at DESC, id LIMIT $3`,
      [workspaceId, deletedAfter, limit],
    );
  }
}

/** Removes soft-deleted Deployments with their history; answers how many. */
export async function purgeDeployments(manager: EntityManager, deletedBefore: Instant): Promise<number> {
  const { affected } = await manager.delete(DeploymentRow, { deletedAt: LessThan(deletedBefore) });
  return affected ?? 0;
}
