import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Clock } from "../../kernel/clock";
import type { ExportLines, ExportReport, LineSink } from "./export-lines";
import { backOffMs } from "../../kernel/back-off";
import { RefusalLog } from "./refusal-log";

/** Metrics of the export. */
export interface LineExportMetrics {
  /** The age of the oldest waiting line; 0 if none waits. */
  lagSeconds(seconds: number): void;
  exported(lines: number): void;
  /** Lines that were refused for a day. */
  rejected(lines: number): void;
  failedBatch(): void;
}

export const NO_METRICS: LineExportMetrics = {
  lagSeconds: () => {},
  exported: () => {},
  rejected: () => {},
  failedBatch: () => {},
};

export interface LineExporterOptions<Line extends { readonly id: string }> {
  /** The lines' name in the process log. */
  readonly name: { readonly many: string };
  /** The fields that the process log shows of a refused line. */
  readonly about: (line: Line) => object;
  readonly exportLines: Pick<ExportLines<Line>, "execute">;
  readonly sink: Pick<LineSink<Line>, "ensureTemplate">;
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  readonly clock: Clock;
  readonly metrics?: LineExportMetrics;
  readonly pollIntervalMs?: number;
  readonly batchSize?: number;
  /** How long `stop` waits for the current batch before it aborts its request. */
  readonly stopGraceMs?: number;
  readonly backOff?: (failures: number, askedMs: number | null) => number;
}

const TEMPLATE_RETRY_MS = 60_000;

/** A series of failed batches, logged once at its start and once at its end. */
interface Trouble {
  readonly since: number;
  attempts: number;
  /** Failures since the sink last accepted a line. */
  inARow: number;
}

/**
 * Exports waiting lines as long as the process runs. Any number of replicas may do so at once.
 *
 * It sweeps the queue from the oldest line to the newest and starts over. After a failed request it retries the same
 * batch. Lines that the sink defers one by one (a full shard, a blocked index) are skipped until the next sweep, and
 * lines that it refuses are set aside for longer, so that they do not delay the others.
 */
export class LineExporter<Line extends { readonly id: string }> {
  private readonly stopping = new AbortController();
  private readonly aborting = new AbortController();
  private readonly metrics: LineExportMetrics;
  private running: Promise<void> | null = null;
  private trouble: Trouble | null = null;
  private after: string | null = null;
  /** When to send the template next; null once the sink has it. */
  private templateDueAtMs: number | null = 0;
  private readonly refusals: RefusalLog<Line>;

  constructor(private readonly options: LineExporterOptions<Line>) {
    this.metrics = options.metrics ?? NO_METRICS;
    this.refusals = new RefusalLog(options);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the current batch; nothing is lost if the process ends sooner. An exporter is not started twice. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const grace = setTimeout(() => this.aborting.abort(), this.options.stopGraceMs ?? 5_000);
    await this.running;
    clearTimeout(grace);
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const waitMs = await this.pass();
      // Rejects only on a stop, which the loop checks.
      await sleep(waitMs, undefined, { signal: this.stopping.signal }).catch(() => {});
    }
  }

  /** Exports one batch. Returns the milliseconds to wait before the next. */
  private async pass(): Promise<number> {
    try {
      await this.ensureTemplate();
      const report = await this.options.exportLines.execute({
        limit: this.batchSize,
        after: this.after,
        signal: this.aborting.signal,
      });
      return this.settle(report);
    } catch (error) {
      return this.failed(`The batch could not be committed: ${String(error)}`, { progress: false, askedMs: null });
    }
  }

  private settle(report: ExportReport<Line>): number {
    this.tell(report);
    if (report.outage !== null) {
      return this.failed(report.outage.reason, { progress: false, askedMs: report.outage.retryAfterMs });
    }

    const full = report.taken === this.batchSize;
    this.after = full ? report.lastId : null;
    if (report.retried > 0) {
      return this.failed(report.retryReason ?? "", { progress: report.indexed > 0, askedMs: null });
    }

    this.recovered();
    return full ? 0 : (this.options.pollIntervalMs ?? 1_000);
  }

  private tell({ indexed, refused, oldestWaitingAt }: ExportReport<Line>): void {
    const lagMs = oldestWaitingAt === null ? 0 : this.nowMs() - Date.parse(oldestWaitingAt);
    this.metrics.lagSeconds(Math.max(0, lagMs / 1_000));
    if (indexed > 0) this.metrics.exported(indexed);
    const forGood = refused.filter((one) => one.forGood).length;
    if (forGood > 0) this.metrics.rejected(forGood);
    this.refusals.report(refused, this.nowMs());
  }

  private failed(reason: string, { progress, askedMs }: { progress: boolean; askedMs: number | null }): number {
    this.metrics.failedBatch();
    // A sink that was down may come back empty, and an index must not be created before its template.
    if (!progress && this.templateDueAtMs !== null) this.templateDueAtMs = 0;

    if (this.trouble === null && !this.stopping.signal.aborted) {
      this.options.logger.warn(
        { reason },
        `${this.options.name.many} cannot be exported now; they are kept and sent later`,
      );
    }
    this.trouble ??= { since: this.nowMs(), attempts: 0, inARow: 0 };
    this.trouble.attempts += 1;
    this.trouble.inARow = progress ? 1 : this.trouble.inARow + 1;
    return (this.options.backOff ?? backOffMs)(this.trouble.inARow, askedMs);
  }

  private recovered(): void {
    if (this.trouble === null) return;
    const { since, attempts } = this.trouble;
    this.trouble = null;
    this.options.logger.info(
      { attempts, outageMs: this.nowMs() - since },
      `${this.options.name.many} are exported again`,
    );
  }

  /** Lines can be found without the template too, so its failure is only logged. */
  private async ensureTemplate(): Promise<void> {
    if (this.templateDueAtMs === null || this.templateDueAtMs > this.nowMs()) return;
    try {
      await this.options.sink.ensureTemplate(this.aborting.signal);
      this.templateDueAtMs = null;
    } catch (error) {
      this.templateDueAtMs = this.nowMs() + TEMPLATE_RETRY_MS;
      if (this.trouble === null) {
        this.options.logger.warn(
          { reason: String(error) },
          `${this.options.name.many} go without an index template, which could not be put`,
        );
      }
    }
  }

  private nowMs(): number {
    return Date.parse(this.options.clock());
  }

  private get batchSize(): number {
    return this.options.batchSize ?? 500;
  }
}
