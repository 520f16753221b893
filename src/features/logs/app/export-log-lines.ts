import type { Clock } from "../../../shared/app/clock";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import type { Instant } from "../../../shared/domain/instant";
import type { LineOutcome, LogSink, RejectedLine, SinkOutage, WaitingLogLines } from "./ports";

export interface ExportTransaction {
  readonly waiting: WaitingLogLines;
}

export interface ExportBatch {
  readonly limit: number;
  /** Starts behind this line; null starts with the oldest. */
  readonly after: string | null;
  readonly signal?: AbortSignal;
}

export interface ExportReport {
  readonly taken: number;
  readonly indexed: number;
  readonly rejected: readonly RejectedLine[];
  readonly retried: number;
  /** Why the first of the lines to be sent again was not taken. */
  readonly retryReason: string | null;
  readonly outage: SinkOutage | null;
  /** The last line taken, for the `after` of the next batch; null if none waited. */
  readonly lastId: string | null;
  readonly oldestWaitingAt: Instant | null;
}

/**
 * Sends one batch of waiting lines to the sink. A line leaves the table only after the sink has confirmed it.
 *
 * The sink is called with the transaction open, against the rule that only `tx` is called inside: the row locks
 * are what keeps two exporters off the same line, and a repeated call is harmless since the sink keeps a line
 * under its id. A process that dies between the sink's answer and the commit therefore sends the batch again,
 * and no line is lost or doubled.
 */
export class ExportLogLines {
  constructor(
    private readonly unitOfWork: UnitOfWork<ExportTransaction>,
    private readonly sink: LogSink,
    private readonly clock: Clock,
  ) {}

  execute({ limit, after, signal }: ExportBatch): Promise<ExportReport> {
    return this.unitOfWork.run(async ({ waiting }) => {
      const lines = await waiting.lock(limit, after);
      const result = lines.length === 0 ? { lines: [], outage: null } : await this.sink.index(lines, signal);

      const indexed = result.lines.filter(({ outcome }) => outcome === "indexed").map(({ line }) => line.id);
      const rejected = result.lines.flatMap(asRejected);
      const retried = result.lines.filter((one) => one.outcome === "retry");
      if (indexed.length > 0) await waiting.delete(indexed);
      if (rejected.length > 0) await waiting.reject(rejected, this.clock());

      return {
        taken: lines.length,
        indexed: indexed.length,
        rejected,
        retried: retried.length,
        retryReason: retried[0]?.reason ?? null,
        outage: result.outage,
        lastId: lines.at(-1)?.id ?? null,
        oldestWaitingAt: await waiting.oldestAt(),
      };
    });
  }
}

function asRejected(one: LineOutcome): RejectedLine[] {
  return one.outcome === "rejected"
    ? [{ id: one.line.id, releaseName: one.line.releaseName, reason: one.reason }]
    : [];
}
