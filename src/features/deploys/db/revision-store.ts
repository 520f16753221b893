import { LessThanOrEqual, type DataSource, type EntityManager } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import { Conflict } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import type { VisibleDeployments } from "../../deployments";
import type { IdempotencyKeys, RevisionStore } from "../app/ports";
import type { DeployContent, DeployRevision } from "../domain/deploy-revision";
import { haveRunTogether } from "./ran-together";
import { DeployRevisionRow, IdempotencyKeyRow } from "./deploy-revision.row";

/** Statements that do not change between transactions. */
export class RevisionStatements {
  readonly rows: RowStatements<DeployRevisionRow>;
  readonly findMany: string;
  readonly find: string;

  constructor(dataSource: DataSource) {
    this.rows = new RowStatements(dataSource, DeployRevisionRow);
    const select = `SELECT ${this.rows.select("r")} FROM deploy_revision r`;
    this.find = `${select} WHERE r.id = $1`;
    this.findMany = `${select} WHERE r.deployment_id = $1 AND r.id = ANY($2)`;
  }
}

export class RevisionStoreSql implements RevisionStore {
  constructor(
    private readonly manager: EntityManager,
    private readonly statements: RevisionStatements,
  ) {}

  findMany(deploymentId: string, ids: readonly string[]): Promise<DeployRevision[]> {
    return sqlOf(this.manager).query(this.statements.findMany, [deploymentId, ids]);
  }

  async find(id: string): Promise<DeployRevision | null> {
    const [found] = await sqlOf(this.manager).query<DeployRevision>(this.statements.find, [id]);
    return found ?? null;
  }

  haveRunTogether(deploymentId: string, content: DeployContent): Promise<boolean> {
    return haveRunTogether(sqlOf(this.manager), deploymentId, content);
  }

  async deploymentOf(id: string, among: VisibleDeployments): Promise<string | null> {
    const { workspaceIds, deploymentIds } = among === "all" ? { workspaceIds: null, deploymentIds: null } : among;
    const [found] = await sqlOf(this.manager).query<{ deploymentId: string }>(
      `SELECT d.id AS "deploymentId" FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id
       WHERE r.id = $1 AND ($2::uuid[] IS NULL OR d.workspace_id = ANY($2) OR d.id = ANY($3::uuid[]))`,
      [id, workspaceIds, deploymentIds],
    );
    return found?.deploymentId ?? null;
  }

  async deployedBefore(deploymentId: string, revisionId: string): Promise<number | null> {
    const [found] = await sqlOf(this.manager).query<{ number: number }>(
      `SELECT number FROM deploy_revision WHERE deployment_id = $1 AND status = 'DEPLOYED'
         AND number < (SELECT number FROM deploy_revision WHERE id = $2)
       ORDER BY number DESC LIMIT 1`,
      [deploymentId, revisionId],
    );
    return found?.number ?? null;
  }

  add(revision: DeployRevision): Promise<void> {
    return this.statements.rows.insert(this.manager, revision);
  }

  update(id: string, patch: Partial<DeployRevision>): Promise<void> {
    return this.statements.rows.update(this.manager, id, patch);
  }
}

export class IdempotencyKeysSql implements IdempotencyKeys {
  constructor(private readonly manager: EntityManager) {}

  async find(actorId: string, key: string, now: Instant): Promise<{ inputHash: string; revisionId: string } | null> {
    const [use] = await sqlOf(this.manager).query<{ inputHash: string; revisionId: string }>(
      `SELECT input_hash AS "inputHash", revision_id AS "revisionId" FROM idempotency_key
       WHERE actor_id = $1 AND key = $2 AND expires_at > $3`,
      [actorId, key, now],
    );
    return use ?? null;
  }

  async add(
    use: { actorId: string; key: string; inputHash: string; revisionId: string; expiresAt: Instant },
    now: Instant,
  ): Promise<void> {
    await this.manager.delete(IdempotencyKeyRow, {
      actorId: use.actorId,
      key: use.key,
      expiresAt: LessThanOrEqual(now),
    });
    try {
      await this.manager.insert(IdempotencyKeyRow, use);
    } catch (error) {
      if (constraintOf(error) === "idempotency_key_pkey") {
        throw new Conflict("This idempotency key was used at the same moment for another Deployment", { cause: error });
      }
      throw error;
    }
  }
}
