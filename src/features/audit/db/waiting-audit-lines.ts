import type {
  Refusal,
  RefusedLines,
  UnexportedLines,
  WaitingLines,
} from "../../../infrastructure/line-export/export-lines";
import { MAX_COUNTED, REFUSED_FOR_A_DAY, RETRY_AT } from "../../../infrastructure/line-export/refused-lines";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { AuditLine } from "../app/audit-queries";
import { AUDIT_COLUMNS } from "./audit-read-model";

/** Sorts before every id. */
const NIL = "00000000-0000-0000-0000-000000000000";

/** Lines stay in the trail when they are exported; without Elasticsearch they wait for the day that there is one. */
export class WaitingAuditLines implements WaitingLines<AuditLine>, RefusedLines {
  constructor(private readonly sql: Sql) {}

  lock(limit: number, after: string | null, now: Instant): Promise<AuditLine[]> {
    return this.sql.query<AuditLine>(
      `SELECT ${AUDIT_COLUMNS} FROM audit_line WHERE export_state = 'WAITING' AND id > $1 AND (retry_at IS NULL OR retry_at <= $3) ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [after ?? NIL, limit, now],
    );
  }

  async settle(ids: readonly string[]): Promise<void> {
    await this.sql.query(
      "UPDATE audit_line SET export_state = 'EXPORTED', refused_since = NULL, retry_at = NULL, rejected_reason = NULL WHERE id = ANY($1::uuid[])",
      [ids],
    );
  }

  async refuse(lines: readonly Refusal[], at: Instant): Promise<ReadonlySet<string>> {
    const refused = await this.sql.query<{ id: string; forGood: boolean }>(
      `UPDATE audit_line
       SET refused_since = coalesce(refused_since, $1), retry_at = ${RETRY_AT}, rejected_reason = refusal.reason,
           export_state = CASE WHEN ${REFUSED_FOR_A_DAY} THEN 'REJECTED' ELSE export_state END
       FROM unnest($2::uuid[], $3::text[]) AS refusal (id, reason)
       WHERE audit_line.id = refusal.id
       RETURNING audit_line.id, export_state = 'REJECTED' AS "forGood"`,
      [at, lines.map(({ id }) => id), lines.map(({ reason }) => reason.replaceAll("\0", "\ufffd"))],
    );
    return new Set(refused.filter(({ forGood }) => forGood).map(({ id }) => id));
  }

  async count(): Promise<UnexportedLines> {
    const [counted] = await this.sql.query<UnexportedLines>(
      `SELECT count(*)::int AS waiting, count(retry_at)::int AS "setAside",
              (SELECT count(*)::int FROM (SELECT 1 FROM audit_line WHERE export_state = 'REJECTED' LIMIT ${MAX_COUNTED}) AS line) AS refused
       FROM (SELECT retry_at FROM audit_line WHERE export_state = 'WAITING' LIMIT ${MAX_COUNTED}) AS line`,
    );
    return counted ?? { waiting: 0, setAside: 0, refused: 0 };
  }

  async retry(): Promise<number> {
    const retried = await this.sql.query(
      `UPDATE audit_line SET export_state = 'WAITING', retry_at = NULL, refused_since = NULL, rejected_reason = NULL
       WHERE export_state = 'REJECTED' OR (export_state = 'WAITING' AND retry_at IS NOT NULL) RETURNING id`,
    );
    return retried.length;
  }

  async oldestAt(): Promise<Instant | null> {
    const [oldest] = await this.sql.query<{ createdAt: Instant }>(
      `SELECT created_at AS "createdAt" FROM audit_line WHERE export_state = 'WAITING' ORDER BY id LIMIT 1`,
    );
    return oldest?.createdAt ?? null;
  }
}
