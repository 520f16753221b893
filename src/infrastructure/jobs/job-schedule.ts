import { setTimeout as sleep } from "node:timers/promises";
import { parseCronItem, type ParsedCronItem } from "graphile-worker";
import type { Logger } from "pino";
import { backOffMs } from "../../kernel/back-off";
import type { OwnConnection } from "./own-connection";

const MINUTE_MS = 60_000;
/** Max retry delay: long enough for a database to come back, short enough to be on time for the next minute. */
const MAX_RETRY_MS = 10_000;

export interface ScheduledJob {
  readonly task: string;
  /** A cron expression of five fields, in UTC. */
  readonly schedule: string;
}

/** The last minute in which each task is due, from `fromMs` to `toMs`, both included. */
export function lastDue(
  items: readonly Pick<ParsedCronItem, "task" | "match">[],
  fromMs: number,
  toMs: number,
): Map<string, Date> {
  const due = new Map<string, Date>();
  for (let ms = fromMs; ms <= toMs; ms += MINUTE_MS) {
    const at = new Date(ms);
    const digest = {
      min: at.getUTCMinutes(),
      hour: at.getUTCHours(),
      date: at.getUTCDate(),
      month: at.getUTCMonth() + 1,
      dow: at.getUTCDay(),
    };
    for (const { task, match } of items) if (match(digest)) due.set(task, at);
  }
  return due;
}

/**
 * Queues scheduled jobs at the full minute, once for all processes. After a database outage it queues each task that
 * has come due once.
 */
export class JobSchedule {
  private readonly items: readonly ParsedCronItem[];
  private readonly stopping = new AbortController();
  private nextMs = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;

  constructor(
    schedules: readonly ScheduledJob[],
    private readonly connection: Pick<OwnConnection, "query">,
    private readonly log: Pick<Logger, "debug">,
  ) {
    this.items = schedules.map(({ task, schedule }) => parseCronItem({ task, match: schedule }));
  }

  start(): void {
    void this.run();
  }

  stop(): void {
    this.stopping.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const waitMs = failures > 0 ? Math.min(backOffMs(failures, null), MAX_RETRY_MS) : this.nextMs - Date.now();
      await sleep(Math.max(waitMs, 1), undefined, { signal }).catch(() => undefined);
      if (signal.aborted || Date.now() < this.nextMs) continue;
      try {
        await this.queueDue();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.log.debug({ err: error }, "scheduled jobs could not be queued; trying again");
      }
    }
  }

  private async queueDue(): Promise<void> {
    const nowMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const due = lastDue(this.items, this.nextMs, nowMs);
    if (due.size > 0)
      await this.connection.query(QUEUE, [[...due.keys()], [...due.values()].map((at) => at.toISOString())]);
    this.nextMs = nowMs + MINUTE_MS;
  }
}

/**
 * Only one of several processes inserts or advances the row. A job of an earlier minute that has not started is
 * replaced.
 */
const QUEUE = `
  WITH due AS (
    INSERT INTO job_schedule AS known (task, last_due_at)
    SELECT * FROM unnest($1::text[], $2::timestamptz[])
    ON CONFLICT (task) DO UPDATE SET last_due_at = excluded.last_due_at WHERE known.last_due_at < excluded.last_due_at
    RETURNING task
  )
  SELECT 1 FROM due, LATERAL graphile_worker.add_job(task, '{}'::json, job_key => 'schedule:' || task)`;
