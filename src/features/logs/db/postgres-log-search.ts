import type { Sql } from "../../../shared/db/sql";
import type { LogEntry, LogQuery, LogSearch } from "../app/ports";
import { storable } from "../domain/log-line";

/** The logs of an installation without Elasticsearch, where lines stay in their table. */
export class PostgresLogSearch implements LogSearch {
  constructor(private readonly sql: Sql) {}

  async search({ deploymentId, component, since, text, limit }: LogQuery): Promise<LogEntry[]> {
    const newestFirst = await this.sql.query<LogEntry>(
      `SELECT id, created_at AS timestamp, message
       FROM log_line
       WHERE deployment_id = $1
         AND ($2::text IS NULL OR component = $2)
         AND ($3::timestamptz IS NULL OR created_at >= $3)
         AND ($4::text IS NULL OR message ILIKE $4)
       ORDER BY created_at DESC, id DESC
       LIMIT $5`,
      [deploymentId, component ?? null, since ?? null, text === undefined ? null : containing(text), limit],
    );
    return newestFirst.reverse();
  }
}

function containing(text: string): string {
  return `%${storable(text).replace(/[\\%_]/g, "\\$&")}%`;
}
