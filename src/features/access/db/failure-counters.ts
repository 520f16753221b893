import type { PoolClient } from "pg";
import { TooManyAttempts } from "../../../kernel/errors";
import { delayAfterMs, keptForMs, type DelayLimits } from "../domain/sign-in-delays";

export interface Counter {
  readonly key: string;
  readonly limits: DelayLimits;
}

/**
 * Counts of failed attempts in the table `failed_login`. `expire` is when a count is dropped, which is a fixed time after
 * the last failure, and so tells that too.
 */
export class FailureCounters {
  constructor(
    private readonly client: Pick<PoolClient, "query">,
    private readonly nowMs: number,
  ) {}

  /** Counts an attempt as failed before its outcome is known, so that attempts at the same time count too. @throws TooManyAttempts */
  async count({ key, limits }: Counter): Promise<void> {
    const keptMs = keptForMs(limits);
    await this.client.query(
      "INSERT INTO failed_login (key, points, expire) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
      [key, this.nowMs + keptMs],
    );
    const { rows } = await this.client.query<{ points: number; expire: string }>(
      "SELECT points, expire FROM failed_login WHERE key = $1 FOR UPDATE",
      [key],
    );
    const row = rows[0] ?? { points: 0, expire: 0 };
    const expireMs = Number(row.expire);
    const failures = expireMs <= this.nowMs ? 0 : row.points;
    const waitMs = expireMs - keptMs + delayAfterMs(failures, limits) - this.nowMs;
    if (failures >= limits.free && waitMs > 0) throw new TooManyAttempts(Math.ceil(waitMs / 1000));
    await this.client.query(
      `INSERT INTO failed_login (key, points, expire) VALUES ($1, $2, $3)
       ON CONFLICT (key) DO UPDATE SET points = EXCLUDED.points, expire = EXCLUDED.expire`,
      [key, failures + 1, this.nowMs + keptMs],
    );
  }

  /** Takes one attempt back, which has not failed after all. */
  async uncount({ key }: Counter): Promise<void> {
    await this.client.query("UPDATE failed_login SET points = points - 1 WHERE key = $1 AND points > 0", [key]);
  }

  async forget({ key }: Counter): Promise<void> {
    await this.client.query("DELETE FROM failed_login WHERE key = $1", [key]);
  }

  /** Notes something until then. */
  async note(key: string, untilMs: number): Promise<void> {
    await this.client.query(
      `INSERT INTO failed_login (key, points, expire) VALUES ($1, 0, $2)
       ON CONFLICT (key) DO UPDATE SET expire = EXCLUDED.expire`,
      [key, untilMs],
    );
  }

  async isNoted(key: string): Promise<boolean> {
    const { rows } = await this.client.query("SELECT 1 FROM failed_login WHERE key = $1 AND expire > $2", [
      key,
      this.nowMs,
    ]);
    return rows.length > 0;
  }
}
