import { pino, type Logger } from "pino";
import type { LogLine, NewLogLine } from "../../src/features/logs";
import { ExportLines, type ExportTransaction } from "../../src/infrastructure/line-export/export-lines";
import { LogLineStore } from "../../src/features/logs/db/log-line-store";
import { createElasticsearchClient } from "../../src/infrastructure/elasticsearch/client";
import { createLogSink } from "../../src/features/logs/elasticsearch/log-sink";
import type { ElasticsearchSink } from "../../src/infrastructure/line-export/elasticsearch-sink";
import {
  LineExporter,
  type LineExporterOptions,
  type LineExportMetrics,
} from "../../src/infrastructure/line-export/line-exporter";
import type { UnitOfWork } from "../../src/kernel/unit-of-work";
import { sqlOf } from "../../src/infrastructure/postgres/data-source";
import { createUnitOfWork } from "../../src/infrastructure/postgres/unit-of-work";
import { FakeElasticsearch, type FakeElasticsearchOptions } from "../fakes/fake-elasticsearch";
import { createTestDatabase, type TestDatabase } from "../world/database";

export const PREFIX = "fluentd";

export interface LogRecord {
  readonly level: "info" | "warn" | "error";
  readonly msg: string;
  readonly [field: string]: unknown;
}

interface StoredLine {
  readonly id: string;
  readonly message: string;
  readonly rejectedReason: string | null;
}

type ExporterOverrides = Partial<Omit<LineExporterOptions<LogLine>, "sink">> & {
  readonly unitOfWork?: UnitOfWork<ExportTransaction<LogLine>>;
  readonly sink?: ElasticsearchSink<LogLine>;
};

/** Lines in a real Postgres, a fake Elasticsearch, and exporters between them. */
export class ExportWorld {
  readonly counts = { exported: 0, rejected: 0, failedBatches: 0, lagSeconds: 0 };
  readonly logged: LogRecord[] = [];
  /** What the exporters' clock says. */
  now = "2024-11-11T10:00:00.000Z";
  private readonly exporters: LineExporter<LogLine>[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly elasticsearch: FakeElasticsearch,
  ) {}

  static async open(options?: FakeElasticsearchOptions): Promise<ExportWorld> {
    return new ExportWorld(await createTestDatabase(), await new FakeElasticsearch(options).start());
  }

  async close(): Promise<void> {
    await Promise.all(this.exporters.map((exporter) => exporter.stop()));
    await this.elasticsearch.stop();
    await this.database.drop();
  }

  passMinutes(minutes: number): void {
    this.now = new Date(Date.parse(this.now) + minutes * 60_000).toISOString();
  }

  get lines(): LogLineStore {
    return new LogLineStore(this.database.sql);
  }

  /** Stores the lines and answers their ids. */
  async add(lines: readonly NewLogLine[]): Promise<string[]> {
    const before = new Set((await this.inTable()).map(({ id }) => id));
    await this.lines.add(lines);
    return (await this.inTable()).map(({ id }) => id).filter((id) => !before.has(id));
  }

  inTable(): Promise<StoredLine[]> {
    return this.database.sql.query<StoredLine>(
      `SELECT id, message, rejected_reason AS "rejectedReason" FROM log_line ORDER BY id`,
    );
  }

  async tableIsEmpty(): Promise<boolean> {
    return (await this.inTable()).length === 0;
  }

  loggedAt(level: LogRecord["level"]): string[] {
    return this.logged.filter((one) => one.level === level).map(({ msg }) => msg);
  }

  /** The messages of all documents, in the order of their first arrival. */
  exportedMessages(): unknown[] {
    return this.elasticsearch.documents().map(({ source }) => source["message"]);
  }

  get unitOfWork(): UnitOfWork<ExportTransaction<LogLine>> {
    return createUnitOfWork(this.database.dataSource, (manager) => ({ waiting: new LogLineStore(sqlOf(manager)) }));
  }

  sink(limits: { requestTimeoutMs?: number; maxRequestBytes?: number } = {}): ElasticsearchSink<LogLine> {
    const { requestTimeoutMs, ...options } = limits;
    const client = createElasticsearchClient({ node: this.elasticsearch.url }, requestTimeoutMs);
    return createLogSink(PREFIX, { client, clock: () => this.now, ...options });
  }

  /** An exporter with a client of its own, as each replica has it, that loses no time waiting. */
  exporter({
    unitOfWork = this.unitOfWork,
    sink = this.sink(),
    ...options
  }: ExporterOverrides = {}): LineExporter<LogLine> {
    const exporter = new LineExporter<LogLine>({
      name: { many: "Log lines" },
      about: ({ id, releaseName }) => ({ logLineId: id, releaseName }),
      exportLines: new ExportLines(unitOfWork, sink, () => this.now),
      sink,
      logger: this.logger,
      clock: () => this.now,
      metrics: this.metrics,
      pollIntervalMs: 5,
      backOff: () => 5,
      ...options,
    });
    this.exporters.push(exporter);
    return exporter;
  }

  private get metrics(): LineExportMetrics {
    const { counts } = this;
    return {
      lagSeconds: (seconds) => (counts.lagSeconds = seconds),
      exported: (lines) => (counts.exported += lines),
      rejected: (lines) => (counts.rejected += lines),
      failedBatch: () => (counts.failedBatches += 1),
    };
  }

  private get logger(): Logger {
    const levels = pino.levels.labels;
    return pino(
      {},
      {
        write: (text: string) => {
          const record = JSON.parse(text) as { level: number; msg: string };
          this.logged.push({ ...record, level: levels[record.level] as LogRecord["level"] });
        },
      },
    );
  }
}

/** Waits until it holds; the test's own time-out is the limit. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
