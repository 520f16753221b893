import type { TestApp } from "../world/app";

export interface RecordedLine {
  readonly action: string;
  readonly actorId: string;
  readonly actorType: string;
  readonly objectType: string;
  readonly objectId: string | null;
  readonly objectLabel: string | null;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly address: string | null;
}

/** The audit lines of one request, oldest first. */
export function auditLinesOf(world: TestApp, requestId: string): Promise<RecordedLine[]> {
  return world.database.sql.query<RecordedLine>(
    `SELECT action, actor_id AS "actorId", actor_type AS "actorType", object_type AS "objectType", object_id AS "objectId",
       object_label AS "objectLabel", workspace_id AS "workspaceId", deployment_id AS "deploymentId", details,
       request_id AS "requestId", address
     FROM audit_line WHERE request_id = $1 ORDER BY created_at, id`,
    [requestId],
  );
}
