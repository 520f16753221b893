import type { Pool } from "pg";
import type { Logger } from "pino";

const MEASURE_EVERY_MS = 60_000;
const WARN_FROM_MS = 1_000;

/**
 * The database's time, for instants that replicas compare with each other: their own clocks may differ. The offset is
 * measured once a minute, and the time never goes back.
 */
export class DatabaseClock {
  private offsetMs = 0;
  private latestMs = 0;
  private warned = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pick<Pool, "query">,
    private readonly log: Pick<Logger, "warn" | "debug">,
  ) {}

  /** Measures the offset now and once a minute. If the database is unreachable, the last offset stays. */
  async start(): Promise<void> {
    await this.measure().catch((error: unknown) =>
      this.log.debug({ err: error }, "the database's clock cannot be read"),
    );
    this.timer = setTimeout(() => void this.start(), MEASURE_EVERY_MS).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  nowMs = (): number => (this.latestMs = Math.max(this.latestMs, Date.now() + this.offsetMs));

  private async measure(): Promise<void> {
    const sentMs = Date.now();
    const { rows } = await this.pool.query<{ ms: number }>(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms",
    );
    const receivedMs = Date.now();
    const ms = rows[0]?.ms;
    if (ms === undefined) return;
    this.offsetMs = Math.round(ms - (sentMs + receivedMs) / 2);
    // The slower the answer, the less precise the measurement.
    const certainMs = Math.abs(this.offsetMs) - (receivedMs - sentMs) / 2;
    if (certainMs < WARN_FROM_MS || this.warned) return;
    this.warned = true;
    this.log.warn(
      { offsetMs: this.offsetMs },
      "the clocks of this machine and of the database differ by more than a second; set both by NTP",
    );
  }
}
