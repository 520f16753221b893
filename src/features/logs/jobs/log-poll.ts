import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../../kernel/clock";
import { toInstant } from "../../../kernel/instant";
import type { LogEntry, LogFilter, LogSearch } from "../app/ports";
import { SeenLines } from "../domain/seen-lines";
import { LineQueue } from "./line-queue";
import type { RetryingReader } from "../../../infrastructure/jobs/retrying-reader";

export const PAGE_LINES = 1_000;
/**
 * How much later than its own time a line may get into the logs and still be seen: collectors send theirs every few
 * seconds, and Elasticsearch shows them a second after that.
 */
export const LATE_MS = 30_000;
/** Max lines in the window that each poll reads again; with more lines the window gets shorter. */
const MAX_SEEN = 5_000;

export interface LogPollOptions {
  readonly search: LogSearch;
  readonly retrying: RetryingReader;
  readonly clock: Clock;
  readonly intervalMs: number;
}

/** Collectors may also write the milliseconds since 1970. */
export function msOf({ timestamp }: LogEntry): number {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? Number(timestamp) || 0 : ms;
}

/** The start of the next page: the last instant of this one, which may have more lines. */
export function nextPageMs(page: readonly LogEntry[], fromMs: number): number {
  const lastMs = msOf(page.at(-1) as LogEntry);
  // A whole page of one instant is skipped, because it would be read for ever.
  return lastMs > fromMs ? lastMs : fromMs + 1;
}

/**
 * Polls for new lines of one filter for all of its readers, from the time of the last line minus the max delay of a
 * line. Runs while there are readers.
 */
export class LogPoll {
  /** Polls begun so far. */
  polls = 0;
  private readonly readers = new Set<LineQueue>();
  private readonly seen = new SeenLines(MAX_SEEN);
  private readonly stopping = new AbortController();
  private latestMs: number;

  constructor(
    private readonly filter: LogFilter,
    /** The first of its readers. */
    readonly begunBy: string,
    private readonly options: LogPollOptions,
  ) {
    this.latestMs = this.nowMs();
    void this.run();
  }

  get isIdle(): boolean {
    return this.readers.size === 0;
  }

  attach(): LineQueue {
    const queue = new LineQueue();
    this.readers.add(queue);
    return queue;
  }

  detach(queue: LineQueue): void {
    this.readers.delete(queue);
  }

  stop(): void {
    this.stopping.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.poll(signal);
      await sleep(this.options.intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async poll(signal: AbortSignal): Promise<void> {
    this.polls += 1;
    // A line dated in the future must not hide present ones.
    let fromMs = Math.max(Math.min(this.latestMs, this.nowMs()) - LATE_MS, this.seen.floorMs);
    this.seen.forgetBefore(fromMs);
    for (;;) {
      const since = toInstant(fromMs);
      const page = await this.options.retrying.read(
        () => this.options.search.oldest({ ...this.filter, since, limit: PAGE_LINES }),
        signal,
      );
      if (page === null) return;
      this.publish(page.filter((line) => this.seen.add(line.id, msOf(line))));
      if (page.length < PAGE_LINES) return;
      fromMs = nextPageMs(page, fromMs);
    }
  }

  private publish(lines: readonly LogEntry[]): void {
    if (lines.length === 0) return;
    for (const line of lines) this.latestMs = Math.max(this.latestMs, msOf(line));
    for (const reader of this.readers) reader.push({ poll: this.polls, lines });
  }

  private nowMs(): number {
    return Date.parse(this.options.clock());
  }
}
