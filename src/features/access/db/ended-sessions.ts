import type { Sql } from "../../../infrastructure/postgres/sql";
import type { EndedSessions } from "../app/ports";
import type { Instant } from "../../../kernel/instant";

export class EndedSessionsSql implements EndedSessions {
  constructor(private readonly sql: Sql) {}

  async add({ id, expiresAt }: { readonly id: string; readonly expiresAt: Instant }): Promise<boolean> {
    const added = await this.sql.query(
      "INSERT INTO ended_session (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id",
      [id, expiresAt],
    );
    return added.length > 0;
  }
}
