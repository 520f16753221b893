import type { Sql } from "../../../infrastructure/postgres/sql";
import type { PlacesSeen, SeenPlace } from "../app/ports";

const KEPT = "interval '90 days'";

export class PlacesSeenSql implements PlacesSeen {
  constructor(private readonly sql: Sql) {}

  async note({ kind, placeId, address, host }: Parameters<PlacesSeen["note"]>[0]): Promise<SeenPlace | null> {
    const [last] = await this.sql.query<SeenPlace & { readonly placeId: string }>(
      `SELECT place_id AS "placeId", address, host, seen_at AS "seenAt" FROM installation_place WHERE kind = $1 ORDER BY seen_at DESC LIMIT 1`,
      [kind],
    );
    await this.sql.query(
      `INSERT INTO installation_place (kind, place_id, address, host, seen_at) VALUES ($1, $2, $3, $4, clock_timestamp())
       ON CONFLICT (kind, place_id) DO UPDATE SET address = excluded.address, host = excluded.host, seen_at = excluded.seen_at`,
      [kind, placeId, address, host],
    );
    await this.sql.query(`DELETE FROM installation_place WHERE kind = $1 AND seen_at < clock_timestamp() - ${KEPT}`, [
      kind,
    ]);
    return last === undefined || last.placeId === placeId ? null : last;
  }
}
