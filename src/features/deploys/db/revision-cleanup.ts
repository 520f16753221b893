import type { Sql } from "../../../shared/db/sql";
import type { Instant } from "../../../shared/domain/instant";
import type { RevisionCleanup } from "../app/ports";

/**
 * Old enough, and neither current nor newest nor pinned nor under way. Only a new revision ever becomes
 * current, so an old one that is not will never be.
 */
const DUE = `r.created_at < $1 AND NOT r.pinned AND r.status <> 'INITIALIZED'
  AND r.id IS DISTINCT FROM d.current_revision_id AND r.id IS DISTINCT FROM d.head_revision_id`;

export class RevisionCleanupSql implements RevisionCleanup {
  constructor(private readonly sql: Sql) {}

  async deleteBatch({ before, from, limit }: { before: Instant; from: Instant | null; limit: number }): Promise<{
    deleted: number;
    next: Instant | null;
  }> {
    // Rows that somebody else has locked are left for the next run; `from` spares walking over what is gone.
    const [row] = await this.sql.query<{ deleted: number; next: Instant | null }>(
      `WITH due AS (
         SELECT r.id FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id
         WHERE ${DUE} AND r.created_at >= coalesce($2::timestamptz, '-infinity')
         ORDER BY r.created_at LIMIT $3 FOR UPDATE OF r SKIP LOCKED
       ), gone AS (
         DELETE FROM deploy_revision WHERE id IN (SELECT id FROM due) RETURNING created_at
       )
       SELECT count(*) AS deleted, CASE WHEN count(*) = $3::int THEN max(created_at) END AS next FROM gone`,
      [before, from, limit],
    );
    return row ?? { deleted: 0, next: null };
  }

  async count(before: Instant): Promise<{ due: number; kept: number }> {
    const [row] = await this.sql.query<{ due: number; kept: number }>(
      `SELECT count(*) FILTER (WHERE ${DUE}) AS due, count(*) FILTER (WHERE NOT (${DUE})) AS kept
       FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id
       WHERE r.created_at < $1`,
      [before],
    );
    return row ?? { due: 0, kept: 0 };
  }

  async deleteExpiredKeys(now: Instant): Promise<number> {
    const [row] = await this.sql.query<{ deleted: number }>(
      "WITH gone AS (DELETE FROM idempotency_key WHERE expires_at <= $1 RETURNING 1) SELECT count(*) AS deleted FROM gone",
      [now],
    );
    return row?.deleted ?? 0;
  }
}
