import { patternsContaining } from "../../../infrastructure/postgres/like-patterns";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { LogEntry, LogQuery, LogSearch } from "../app/ports";
import { storable } from "../domain/log-line";

/** The logs of an installation without Elasticsearch, where lines stay in their table. */
export class PostgresLogSearch implements LogSearch {
  constructor(private readonly sql: Sql) {}

  async search(query: LogQuery): Promise<LogEntry[]> {
    const newestFirst = await this.select(query, "DESC");
    return newestFirst.reverse();
  }

  oldest(query: LogQuery & { readonly since: Instant }): Promise<LogEntry[]> {
    return this.select(query, "ASC");
  }

  private select(
    { deploymentId, component, since, text, limit }: LogQuery,
    order: "ASC" | "DESC",
  ): Promise<LogEntry[]> {
    return this.sql.query<LogEntry>(
      `SELECT id, created_at AS timestamp, message
       FROM log_line
       WHERE deployment_id = $1
         AND ($2::text IS NULL OR component = $2)
         AND ($3::timestamptz IS NULL OR created_at >= $3)
         AND ($4::text[] IS NULL OR message ILIKE ANY($4))
       ORDER BY created_at ${order}, id ${order}
       LIMIT $5`,
      [
        deploymentId,
        component ?? null,
        since ?? null,
        text === undefined ? null : patternsContaining(storable(text)),
        limit,
      ],
    );
  }
}
