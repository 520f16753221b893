import type { Instant } from "../../kernel/instant";
import type { Clock } from "../../kernel/clock";
import type { UnitOfWork } from "../../kernel/unit-of-work";

/** Where lines go for good. Sending a line again changes nothing. */
export interface LineSink<Line> {
  /** @throws Error if the sink did not take it; lines can be sent all the same. */
  ensureTemplate(signal?: AbortSignal): Promise<void>;
  /** Never throws: every line has its outcome, in the order given. */
  index(lines: readonly Line[], signal?: AbortSignal): Promise<SinkResult<Line>>;
}

export type LineOutcome<Line> =
  | { readonly line: Line; readonly outcome: "indexed" }
  /** The sink could not take it now, or did not say: to be sent again. */
  | { readonly line: Line; readonly outcome: "retry"; readonly reason: string }
  /** The sink refused this line. The cause may be the line or a state of the sink: nothing tells them apart. */
  | { readonly line: Line; readonly outcome: "refused"; readonly reason: string };

export interface SinkResult<Line> {
  readonly lines: readonly LineOutcome<Line>[];
  /** Set if a request as a whole failed. */
  readonly outage: SinkOutage | null;
}

export interface SinkOutage {
  readonly reason: string;
  /** What the sink asked for, if it did. */
  readonly retryAfterMs: number | null;
}

/** The lines that still have to reach the sink. */
export interface WaitingLines<Line> {
  /**
   * Oldest first, behind the line `after`; locked, and without those that another exporter has in hand. A refused line
   * is among them only when it is to be tried again.
   */
  lock(limit: number, after: string | null, now: Instant): Promise<Line[]>;
  /** The sink has them: they wait no more. */
  settle(ids: readonly string[]): Promise<void>;
  /**
   * Sets lines aside, to be tried again later: after a minute, then after as long as they have been refused, at most
   * every quarter of an hour. A line that has been refused for a day is refused for good: it stays readable, and waits
   * no more. Returns the ids of those.
   */
  refuse(lines: readonly Refusal[], at: Instant): Promise<ReadonlySet<string>>;
  /** When the oldest waiting line was written, refused ones included; null if none waits. */
  oldestAt(): Promise<Instant | null>;
}

/** What has not reached the sink. */
export interface UnexportedLines {
  readonly waiting: number;
  /** Of the waiting ones, those that were refused and are tried again. */
  readonly setAside: number;
  /** Lines that were refused for a day, and are tried no more. */
  readonly refused: number;
}

/** Lines that were refused, outside of transactions. */
export interface RefusedLines {
  count(): Promise<UnexportedLines>;
  /** Lets refused lines wait again, as if they had never been sent. Returns how many. */
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
  /** Starts behind this line; null starts with the oldest. */
  readonly after: string | null;
  readonly signal?: AbortSignal;
}

export interface ExportReport<Line> {
  readonly taken: number;
  readonly indexed: number;
  readonly refused: readonly RefusedLine<Line>[];
  readonly retried: number;
  /** Why the first of the lines to be sent again was not taken. */
  readonly retryReason: string | null;
  readonly outage: SinkOutage | null;
  /** The last line taken, for the `after` of the next batch; null if none waited. */
  readonly lastId: string | null;
  readonly oldestWaitingAt: Instant | null;
}

/**
 * Sends one batch of waiting lines to the sink. A line waits until the sink has confirmed it.
 *
 * The sink is called with the transaction open, against the rule that only `tx` is called inside: the row locks
 * are what keeps two exporters off the same line, and a repeated call is harmless since the sink keeps a line
 * under its id. A process that dies between the sink's answer and the commit therefore sends the batch again,
 * and no line is lost or doubled.
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
