import type { BundleKey } from "../../bundles";
import type { Step } from "../../../kernel/paced-steps";
import type { Sql } from "../../../infrastructure/postgres/sql";
import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import type { Instant } from "../../../kernel/instant";
import type { RevisionCleanup } from "../app/ports";

const BUNDLES_AT_ONCE = 250;
const BEFORE_ALL: BundleKey = { deploymentId: "00000000-0000-0000-0000-000000000000", version: "" };

/**
 * Old enough, and neither current nor newest nor pinned nor under way. Only a new revision ever becomes
 * current, so an old one that is not will never be.
 */
const DUE = `r.created_at < $1 AND NOT r.pinned AND r.status <> 'INITIALIZED'
  AND r.id IS DISTINCT FROM d.current_revision_id AND r.id IS DISTINCT FROM d.head_revision_id`;

export class RevisionCleanupSql implements RevisionCleanup {
  constructor(private readonly sql: Sql) {}

  async deleteBatch({
    before,
    from,
    limit,
  }: {
    before: Instant;
    from: Instant | null;
    limit: number;
  }): Promise<Step<Instant>> {
    // Rows locked by others are left for the next run. `from` avoids a scan over deleted rows.
    const [row] = await this.sql.query<Step<Instant>>(
      `WITH due AS (
         SELECT r.id FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id
         WHERE ${DUE} AND r.created_at >= coalesce($2::timestamptz, '-infinity')
         ORDER BY r.created_at LIMIT $3 FOR UPDATE OF r SKIP LOCKED
       ), gone AS (
         DELETE FROM deploy_revision WHERE id IN (SELECT id FROM due) RETURNING created_at
       )
       SELECT count(*) AS count, CASE WHEN count(*) = $3::int THEN max(created_at) END AS next FROM gone`,
      [before, from, limit],
    );
    return row ?? { count: 0, next: null };
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

  /**
   * Looks at a limited number, so that each statement is short: one that found all unnamed bundles would read every
   * revision for each batch. The planner does not turn this subquery into such a join.
   */
  async deleteUnnamedBundles(after: BundleKey | null): Promise<Step<BundleKey>> {
    const from = after ?? BEFORE_ALL;
    try {
      const [row] = await this.sql.query<{ count: number; deploymentId: string | null; version: string | null }>(
        `WITH walked AS (
           SELECT deployment_id, version FROM dag_bundle WHERE (deployment_id, version) > ($1::uuid, $2)
           ORDER BY deployment_id, version LIMIT ${BUNDLES_AT_ONCE}
         ), unnamed AS (
           SELECT b.deployment_id, b.version FROM dag_bundle b JOIN walked USING (deployment_id, version)
           WHERE (SELECT true FROM deploy_revision r WHERE r.deployment_id = b.deployment_id AND r.dag_tarball_version = b.version LIMIT 1) IS NULL
           FOR UPDATE OF b SKIP LOCKED
         ), gone AS (
           DELETE FROM dag_bundle b USING unnamed u WHERE b.deployment_id = u.deployment_id AND b.version = u.version RETURNING 1
         ), last AS (
           SELECT deployment_id, version FROM walked ORDER BY deployment_id, version OFFSET ${BUNDLES_AT_ONCE - 1}
         )
         SELECT (SELECT count(*) FROM gone) AS count, (SELECT deployment_id FROM last) AS "deploymentId", (SELECT version FROM last) AS version`,
        [from.deploymentId, from.version],
      );
      const { count = 0, deploymentId = null, version = null } = row ?? {};
      return { count, next: deploymentId === null || version === null ? null : { deploymentId, version } };
    } catch (error) {
      // A new revision has named one of them between the read and the deletion.
      if (constraintOf(error) === "deploy_revision_bundle_fkey") return { count: 0, next: from };
      throw error;
    }
  }

  async countUnnamedBundles(before: Instant): Promise<number> {
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*) AS count FROM dag_bundle b JOIN deployment d ON d.id = b.deployment_id
       WHERE NOT EXISTS (
         SELECT 1 FROM deploy_revision r
         WHERE r.deployment_id = b.deployment_id AND r.dag_tarball_version = b.version AND NOT (${DUE}))`,
      [before],
    );
    return row?.count ?? 0;
  }

  async deleteExpiredKeys(now: Instant): Promise<number> {
    const [row] = await this.sql.query<{ deleted: number }>(
      "WITH gone AS (DELETE FROM idempotency_key WHERE expires_at <= $1 RETURNING 1) SELECT count(*) AS deleted FROM gone",
      [now],
    );
    return row?.deleted ?? 0;
  }
}
