import type { Step } from "../../../kernel/paced-steps";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { ArchiveRemovals } from "../app/ports";

const ARCHIVES_AT_ONCE = 250;
const SCHEDULE = "ON CONFLICT (sha256) DO UPDATE SET due_at = greatest(dag_archive_removal.due_at, excluded.due_at)";

export class ArchiveRemovalsSql implements ArchiveRemovals {
  constructor(
    private readonly sql: Sql,
    private readonly unitOfWork: UnitOfWork<Sql>,
  ) {}

  async schedule(sha256s: readonly string[], dueAt: Instant): Promise<void> {
    await this.sql.query(
      `INSERT INTO dag_archive_removal (sha256, due_at) SELECT sha256, $2 FROM unnest($1::text[]) AS one (sha256) ${SCHEDULE}`,
      [sha256s, dueAt],
    );
  }

  /** Walks in short steps, and looks at each by itself, as the clean-up of bundles does. */
  async scheduleUnneeded(now: Instant, after: string | null): Promise<Step<string>> {
    const [row] = await this.sql.query<Step<string>>(
      `WITH walked AS (
         SELECT sha256 FROM dag_archive WHERE sha256 > $2 ORDER BY sha256 LIMIT ${ARCHIVES_AT_ONCE}
       ), unneeded AS (
         SELECT a.sha256 FROM dag_archive a JOIN walked USING (sha256)
         WHERE (SELECT true FROM dag_bundle b WHERE b.archive_sha256 = a.sha256 LIMIT 1) IS NULL
         FOR UPDATE OF a SKIP LOCKED
       ), gone AS (
         DELETE FROM dag_archive WHERE sha256 IN (SELECT sha256 FROM unneeded) RETURNING sha256
       ), noted AS (
         INSERT INTO dag_archive_removal (sha256, due_at) SELECT sha256, $1 FROM gone ${SCHEDULE}
       )
       SELECT (SELECT count(*) FROM gone) AS count, (SELECT sha256 FROM walked ORDER BY sha256 OFFSET ${ARCHIVES_AT_ONCE - 1}) AS next`,
      [now, after ?? ""],
    );
    return row ?? { count: 0, next: null };
  }

  async due(now: Instant, limit: number): Promise<string[]> {
    const rows = await this.sql.query<{ sha256: string }>(
      "SELECT sha256 FROM dag_archive_removal WHERE due_at <= $1 ORDER BY due_at, sha256 LIMIT $2",
      [now, limit],
    );
    return rows.map(({ sha256 }) => sha256);
  }

  carryOut(sha256: string, now: Instant, remove: () => Promise<void>): Promise<boolean> {
    return this.unitOfWork.run(async (tx) => {
      // An upload of the same bytes waits for this row (see `schedule`) until they are removed.
      const [note] = await tx.query(
        "SELECT 1 FROM dag_archive_removal WHERE sha256 = $1 AND due_at <= $2 FOR UPDATE SKIP LOCKED",
        [sha256, now],
      );
      if (note === undefined) return false;
      const [needed] = await tx.query("SELECT 1 FROM dag_archive WHERE sha256 = $1", [sha256]);
      if (needed === undefined) await remove();
      await tx.query("DELETE FROM dag_archive_removal WHERE sha256 = $1", [sha256]);
      return true;
    });
  }
}
