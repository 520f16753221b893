import type { DataSource, EntityManager } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { VisibleDeployments } from "../../deployments";
import type { HoldReadModel, HoldStore } from "../app/ports";
import type { Hold } from "../domain/hold";
import { ContentHoldRow } from "./content-hold.row";

/** Statements that do not change between transactions. */
export class HoldStatements {
  readonly rows: RowStatements<ContentHoldRow>;
  readonly find: string;
  readonly ofDeployments: string;

  constructor(dataSource: DataSource) {
    this.rows = new RowStatements(dataSource, ContentHoldRow);
    const select = `SELECT ${this.rows.select("h")} FROM content_hold h`;
    this.find = `${select} WHERE h.id = $1`;
    this.ofDeployments = `${select} WHERE h.deployment_id = ANY($1) ORDER BY h.created_at DESC, h.id DESC`;
  }
}

export class HoldStoreSql implements HoldStore {
  private readonly sql: Sql;

  constructor(
    private readonly manager: EntityManager,
    private readonly statements: HoldStatements,
  ) {
    this.sql = sqlOf(manager);
  }

  ofDeployment(deploymentId: string): Promise<Hold[]> {
    return this.sql.query(this.statements.ofDeployments, [[deploymentId]]);
  }

  async find(id: string): Promise<Hold | null> {
    const [found] = await this.sql.query<Hold>(this.statements.find, [id]);
    return found ?? null;
  }

  async deploymentOf(id: string, among: VisibleDeployments): Promise<string | null> {
    const { workspaceIds, deploymentIds } = among === "all" ? { workspaceIds: null, deploymentIds: null } : among;
    const [found] = await this.sql.query<{ deploymentId: string }>(
      `SELECT d.id AS "deploymentId" FROM content_hold h JOIN deployment d ON d.id = h.deployment_id
       WHERE h.id = $1 AND ($2::uuid[] IS NULL OR d.workspace_id = ANY($2) OR d.id = ANY($3::uuid[]))`,
      [id, workspaceIds, deploymentIds],
    );
    return found?.deploymentId ?? null;
  }

  add(hold: Hold): Promise<void> {
    return this.statements.rows.insert(this.manager, hold);
  }

  async remove(id: string): Promise<void> {
    await this.sql.query("DELETE FROM content_hold WHERE id = $1", [id]);
  }
}

export class HoldReadModelSql implements HoldReadModel {
  constructor(
    private readonly sql: Sql,
    private readonly statements: HoldStatements,
  ) {}

  ofDeployments(deploymentIds: readonly string[]): Promise<Hold[]> {
    return this.sql.query(this.statements.ofDeployments, [deploymentIds]);
  }
}
