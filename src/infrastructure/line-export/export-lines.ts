import type { Instant } from "../../kernel/instant";
import type { Clock } from "../../kernel/clock";
import type { UnitOfWork } from "../../kernel/unit-of-work";

/** The final destination of lines. Sending a line again changes nothing. */
export interface LineSink<Line> {
  /** @throws Error if the sink did not accept it; lines can be sent all the same. */
  ensureTemplate(signal?: AbortSignal): Promise<void>;
  /** Never throws: every line has its outcome, in the order of the input. */
  index(lines: readonly Line[], signal?: AbortSignal): Promise<SinkResult<Line>>;
}

export type LineOutcome<Line> =
  | { readonly line: Line; readonly outcome: "indexed" }
  /** The sink could not accept the line now, or did not mention it: to be sent again. */
  | { readonly line: Line; readonly outcome: "retry"; readonly reason: string }
  /** The sink refused this line. The cause may be the line or a state of the sink: the two cannot be distinguished. */
  | { readonly line: Line; readonly outcome: "refused"; readonly reason: string };

export interface SinkResult<Line> {
  readonly lines: readonly LineOutcome<Line>[];
  /** Set if a request as a whole failed. */
  readonly outage: SinkOutage | null;
}

export interface SinkOutage {
  readonly reason: string;
  /** The wait that the sink asked for; null if it did not. */
  readonly retryAfterMs: number | null;
}

/** The lines that still have to reach the sink. */
export interface WaitingLines<Line> {
  /**
   * Returns and locks lines, oldest first, after the line `after`. Skips those that another exporter has locked, and
   * refused lines that are not yet due for a retry.
   */
  lock(limit: number, after: string | null, now: Instant): Promise<Line[]>;
  /** Marks lines as stored by the sink: they no longer wait. */
  settle(ids: readonly string[]): Promise<void>;
  /**
   * Sets lines aside for a retry: after a minute, then after as long as they have been refused, up to a quarter of an
   * hour. A line that has been refused for a day is refused for good: it stays readable, and no longer waits. Returns
   * the ids of those lines.
   */
  refuse(lines: readonly Refusal[], at: Instant): Promise<ReadonlySet<string>>;
  /** When the oldest waiting line was written, refused ones included; null if none waits. */
  oldestAt(): Promise<Instant | null>;
}

/** Numbers of lines that have not reached the sink. */
export interface UnexportedLines {
  readonly waiting: number;
  /** The waiting lines that were refused and are retried. */
  readonly setAside: number;
  /** Lines that were refused for a day, and are not retried. */
  readonly refused: number;
}

/** Counts and retries refused lines, outside of transactions. */
export interface RefusedLines {
  count(): Promise<UnexportedLines>;
  /** Lets refused lines wait again, as if they had never been sent. Returns their number. */
  retry(): Promise<number>;
}

export interface Refusal {
  readonly id: string;
  readonly reason: string;
}

export interface RefusedLine<Line> {
  readonly line: Line;
  readonly reason: string;
  readonly forGood: boolean;
}

export interface ExportTransaction<Line> {
  readonly waiting: WaitingLines<Line>;
}

export interface ExportBatch {
  readonly limit: number;
  /** Starts after this line; null starts with the oldest. */
  readonly after: string | null;
  readonly signal?: AbortSignal;
}

export interface ExportReport<Line> {
  readonly taken: number;
  readonly indexed: number;
  readonly refused: readonly RefusedLine<Line>[];
  readonly retried: number;
  /** Why the sink did not accept the first of the lines to be sent again. */
  readonly retryReason: string | null;
  readonly outage: SinkOutage | null;
  /** The last line of the batch, to pass as `after` for the next one; null if no line waited. */
  readonly lastId: string | null;
  readonly oldestWaitingAt: Instant | null;
}

/**
 * Sends one batch of waiting lines to the sink. A line waits until the sink has confirmed it.
 *
 * The sink is called in the open transaction, against the rule that only `tx` is called inside: the row locks keep two
 * exporters off the same line, and a repeated call is harmless since the sink stores a line under its id. If a process
 * dies between the sink's response and the commit, the batch is sent again, and no line is lost or duplicated.
 */
export class ExportLines<Line extends { readonly id: string }> {
  constructor(
    private readonly unitOfWork: UnitOfWork<ExportTransaction<Line>>,
    private readonly sink: LineSink<Line>,
    private readonly clock: Clock,
  ) {}

  execute({ limit, after, signal }: ExportBatch): Promise<ExportReport<Line>> {
    return this.unitOfWork.run(async ({ waiting }) => {
      const lines = await waiting.lock(limit, after, this.clock());
      const result = lines.length === 0 ? { lines: [], outage: null } : await this.sink.index(lines, signal);

      const indexed = result.lines.filter(({ outcome }) => outcome === "indexed").map(({ line }) => line.id);
      const refusals = result.lines.filter((one) => one.outcome === "refused");
      const retried = result.lines.filter((one) => one.outcome === "retry");
      if (indexed.length > 0) await waiting.settle(indexed);
      const forGood =
        refusals.length === 0
          ? new Set()
          : await waiting.refuse(
              refusals.map(({ line, reason }) => ({ id: line.id, reason })),
              this.clock(),
            );

      return {
        taken: lines.length,
        indexed: indexed.length,
        refused: refusals.map(({ line, reason }) => ({ line, reason, forGood: forGood.has(line.id) })),
        retried: retried.length,
        retryReason: retried[0]?.reason ?? null,
        outage: result.outage,
        lastId: lines.at(-1)?.id ?? null,
        oldestWaitingAt: await waiting.oldestAt(),
      };
    });
  }
}
