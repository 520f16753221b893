import type { Refusal, WaitingLines } from "../../../shared/app/export-lines";
import type { Sql } from "../../../shared/db/sql";
import type { Instant } from "../../../shared/domain/instant";
import type { AuditLine } from "../app/audit-queries";
import { AUDIT_COLUMNS } from "./audit-read-model";

/** Sorts before every id. */
const NIL = "00000000-0000-0000-0000-000000000000";

/** Lines stay in the trail when they are exported; without Elasticsearch they wait for the day that there is one. */
export class WaitingAuditLines implements WaitingLines<AuditLine> {
  constructor(private readonly sql: Sql) {}

  lock(limit: number, after: string | null): Promise<AuditLine[]> {
    return this.sql.query<AuditLine>(
      `SELECT ${AUDIT_COLUMNS} FROM audit_line WHERE export_state = 'WAITING' AND id > $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [after ?? NIL, limit],
    );
  }

  settle(ids: readonly string[]): Promise<void> {
    return this.set("EXPORTED", ids);
  }

  reject(lines: readonly Refusal[]): Promise<void> {
    return this.set(
      "REJECTED",
      lines.map(({ id }) => id),
    );
  }

  async oldestAt(): Promise<Instant | null> {
    const [oldest] = await this.sql.query<{ createdAt: Instant }>(
      `SELECT created_at AS "createdAt" FROM audit_line WHERE export_state = 'WAITING' ORDER BY id LIMIT 1`,
    );
    return oldest?.createdAt ?? null;
  }

  private async set(state: "EXPORTED" | "REJECTED", ids: readonly string[]): Promise<void> {
    await this.sql.query("UPDATE audit_line SET export_state = $1 WHERE id = ANY($2::uuid[])", [state, ids]);
  }
}
