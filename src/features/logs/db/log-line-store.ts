import type {
  Refusal,
  RefusedLines,
  UnexportedLines,
  WaitingLines,
} from "../../../infrastructure/line-export/export-lines";
import { newId } from "../../../kernel/ids";
import { quoteHidden } from "../../../kernel/text";
import { MAX_COUNTED, REFUSED_FOR_A_DAY, RETRY_AT } from "../../../infrastructure/line-export/refused-lines";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { LogLineWriter } from "../app/ports";
import { storable, storableJson, type LogLine, type NewLogLine } from "../domain/log-line";

/** Sorts before every id. */
const NIL = "00000000-0000-0000-0000-000000000000";

/** The table of lines, in the transaction or on the pool of `sql`. */
export class LogLineStore implements LogLineWriter, WaitingLines<LogLine>, RefusedLines {
  constructor(private readonly sql: Sql) {}

  async add(lines: readonly NewLogLine[]): Promise<void> {
    if (lines.length === 0) return;
    // Each message is one line; a line break at its end is not part of it.
    const rows = lines.map(({ message, ...line }) => ({
      ...line,
      id: newId(),
      message: quoteHidden(message.replace(/\r?\n$/, "")),
    }));
    // One parameter whatever the number of lines: Postgres takes no more than 65,535 of them.
    await this.sql.query(
      `INSERT INTO log_line
         (id, deployment_id, workspace_id, release_name, component, message, fields, created_at)
       SELECT id, "deploymentId", "workspaceId", "releaseName", component, message, fields, "createdAt"
       FROM jsonb_to_recordset($1::jsonb) AS line
         (id uuid, "deploymentId" uuid, "workspaceId" uuid, "releaseName" text, component text, message text,
          fields jsonb, "createdAt" timestamptz(3))`,
      [storableJson(rows)],
    );
  }

  lock(limit: number, after: string | null, now: Instant): Promise<LogLine[]> {
    return this.sql.query<LogLine>(
      `SELECT id, deployment_id AS "deploymentId", workspace_id AS "workspaceId", release_name AS "releaseName",
              component, message, fields, created_at AS "createdAt"
       FROM log_line
       WHERE rejected_at IS NULL AND id > $1 AND (retry_at IS NULL OR retry_at <= $3)
       ORDER BY id
       LIMIT $2
       FOR UPDATE SKIP LOCKED`,
      [after ?? NIL, limit, now],
    );
  }

  async settle(ids: readonly string[]): Promise<void> {
    await this.sql.query("DELETE FROM log_line WHERE id = ANY($1::uuid[])", [ids]);
  }

  async refuse(lines: readonly Refusal[], at: Instant): Promise<ReadonlySet<string>> {
    const refused = await this.sql.query<{ id: string; forGood: boolean }>(
      `UPDATE log_line
       SET refused_since = coalesce(refused_since, $1), retry_at = ${RETRY_AT}, rejected_reason = refusal.reason,
           rejected_at = CASE WHEN ${REFUSED_FOR_A_DAY} THEN $1::timestamptz END
       FROM unnest($2::uuid[], $3::text[]) AS refusal (id, reason)
       WHERE log_line.id = refusal.id
       RETURNING log_line.id, rejected_at IS NOT NULL AS "forGood"`,
      [at, lines.map(({ id }) => id), lines.map(({ reason }) => storable(reason))],
    );
    return new Set(refused.filter(({ forGood }) => forGood).map(({ id }) => id));
  }

  async count(): Promise<UnexportedLines> {
    const [counted] = await this.sql.query<UnexportedLines>(
      `SELECT count(*) FILTER (WHERE rejected_at IS NULL)::int AS waiting,
              count(*) FILTER (WHERE rejected_at IS NULL AND retry_at IS NOT NULL)::int AS "setAside",
              count(*) FILTER (WHERE rejected_at IS NOT NULL)::int AS refused
       FROM (SELECT rejected_at, retry_at FROM log_line LIMIT ${MAX_COUNTED}) AS line`,
    );
    return counted ?? { waiting: 0, setAside: 0, refused: 0 };
  }

  async retry(): Promise<number> {
    const retried = await this.sql.query(
      `UPDATE log_line SET retry_at = NULL, refused_since = NULL, rejected_at = NULL, rejected_reason = NULL
       WHERE rejected_at IS NOT NULL OR retry_at IS NOT NULL RETURNING id`,
    );
    return retried.length;
  }

  async oldestAt(): Promise<Instant | null> {
    const [oldest] = await this.sql.query<{ createdAt: Instant }>(
      `SELECT created_at AS "createdAt" FROM log_line WHERE rejected_at IS NULL ORDER BY id LIMIT 1`,
    );
    return oldest?.createdAt ?? null;
  }

  /**
   * Deletes at most `limit` lines written before the instant and answers how many; fewer than `limit` means that none
   * is left. With `rejected` only refused lines are deleted; waiting ones stay at any age.
   */
  async deleteOlderThan(before: Instant, limit: number, which: "all" | "rejected"): Promise<number> {
    const [result] = await this.sql.query<{ count: number }>(
      `WITH gone AS (
         DELETE FROM log_line
         WHERE id IN (
           SELECT id FROM log_line
           WHERE created_at < $1 AND (rejected_at IS NOT NULL OR $2)
           LIMIT $3
           FOR UPDATE SKIP LOCKED
         )
         RETURNING id
       )
       SELECT count(*)::int AS count FROM gone`,
      [before, which === "all", limit],
    );
    return result?.count ?? 0;
  }
}
