import type { Pool } from "pg";
import { inTime } from "../../kernel/in-time";

export type DatabaseState = "ok" | "read-only" | "unreachable";

/** Whether the database answers within `withinMs`, and accepts changes. */
export async function databaseState(pool: Pick<Pool, "query">, withinMs: number): Promise<DatabaseState> {
  try {
    const { rows } = await inTime(pool.query<{ readOnly: boolean }>(`SELECT ${READ_ONLY} AS "readOnly"`), withinMs);
    return rows[0]?.readOnly === true ? "read-only" : "ok";
  } catch {
    return "unreachable";
  }
}

/** True on a standby, or where `default_transaction_read_only` is on. */
export const READ_ONLY = "current_setting('transaction_read_only')::bool";
