import type { ExportLines, LineSink, RefusedLines, UnexportedLines } from "./export-lines";

export interface ExportTotals {
  readonly exported: number;
  /** Lines that were refused now; each is retried later, unless it has been refused for a day. */
  readonly refused: number;
  /** Why the export ended early; null if it did not. */
  readonly outage: string | null;
}

const BATCH = 500;

/** The export of one kind of lines, for operators. */
export class LineExport<Line extends { readonly id: string }> {
  constructor(
    private readonly exportLines: Pick<ExportLines<Line>, "execute">,
    private readonly sink: Pick<LineSink<Line>, "ensureTemplate">,
    private readonly lines: RefusedLines,
  ) {}

  count(): Promise<UnexportedLines> {
    return this.lines.count();
  }

  /** Lets refused lines wait again, as if they had never been sent. Returns their number. */
  retryRefused(): Promise<number> {
    return this.lines.retry();
  }

  /** Sends the waiting lines once, from the oldest to the newest. Ends early at an outage. */
  async sendAll(): Promise<ExportTotals> {
    // Lines can be found without the template too.
    await this.sink.ensureTemplate().catch(() => undefined);
    const totals = { exported: 0, refused: 0 };
    for (let after: string | null = null; ;) {
      const report = await this.exportLines.execute({ limit: BATCH, after });
      totals.exported += report.indexed;
      totals.refused += report.refused.length;
      if (report.outage !== null) return { ...totals, outage: report.outage.reason };
      if (report.taken < BATCH) return { ...totals, outage: null };
      after = report.lastId;
    }
  }
}
