import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { AuditLine, AuditPage, AuditReadModel } from "../app/audit-queries";

export const AUDIT_COLUMNS = `id, action, actor_id AS "actorId", actor_type AS "actorType", actor_label AS "actorLabel", object_type AS "objectType",
  object_id AS "objectId", object_label AS "objectLabel", workspace_id AS "workspaceId", deployment_id AS "deploymentId", details,
  request_id AS "requestId", address, created_at AS "createdAt"`;

/** Text that stands for itself in a LIKE pattern. */
const literally = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

export class AuditReadModelSql implements AuditReadModel {
  constructor(private readonly sql: Sql) {}

  page({ filter, order, limit, after }: AuditPage): Promise<AuditLine[]> {
    const [comparison, direction] = order === "NEWEST_FIRST" ? ["<", "DESC"] : [">", "ASC"];
    const parameters: unknown[] = [];
    const given = (value: unknown): string => `$${parameters.push(value)}`;
    const { action, actorId, objectId, workspaceId, deploymentId, requestId, createdAfter, createdBefore } = filter;
    const conditions = [
      action !== undefined && `(action = ${given(action)} OR action LIKE ${given(`${literally(action)}.%`)})`,
      actorId !== undefined && `actor_id = ${given(actorId.toLowerCase())}`,
      objectId !== undefined && `object_id = ${given(objectId.toLowerCase())}`,
      workspaceId !== undefined && `workspace_id = ${given(workspaceId)}`,
      deploymentId !== undefined && `deployment_id = ${given(deploymentId)}`,
      requestId !== undefined && `request_id = ${given(requestId)}`,
      createdAfter !== undefined && `created_at >= ${given(createdAfter)}`,
      createdBefore !== undefined && `created_at < ${given(createdBefore)}`,
      after?.createdAt !== undefined &&
        `(created_at, id) ${comparison} (${given(after.createdAt)}, ${given(after.id)})`,
      after !== undefined &&
        after.createdAt === undefined &&
        `(created_at, id) ${comparison} (SELECT created_at, id FROM audit_line WHERE id = ${given(after.id)})`,
    ].filter(Boolean);
    return this.sql.query<AuditLine>(
      `SELECT ${AUDIT_COLUMNS} FROM audit_line ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
       ORDER BY created_at ${direction}, id ${direction} LIMIT ${given(limit)}`,
      parameters,
    );
  }

  /** With `all`, also those that still have to be exported. */
  async deleteOlderThan(before: Instant, limit: number, which: "all" | "exported"): Promise<number> {
    const [row] = await this.sql.query<{ deleted: number }>(
      `WITH gone AS (
         DELETE FROM audit_line WHERE id IN (SELECT id FROM audit_line WHERE created_at < $1 AND ($3 OR export_state <> 'WAITING') ORDER BY created_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1
       )
       SELECT count(*) AS deleted FROM gone`,
      [before, limit, which === "all"],
    );
    return row?.deleted ?? 0;
  }
}
