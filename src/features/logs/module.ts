import type { Logger } from "pino";
import type { Clock } from "../../kernel/clock";
import { ExportLines, type ExportTransaction } from "../../infrastructure/line-export/export-lines";
import { LineExport } from "../../infrastructure/line-export/line-export";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import type { Sql } from "../../infrastructure/postgres/sql";
import type { Instant } from "../../kernel/instant";
import type { LogLine, NewLogLine } from "./domain/log-line";
import { createElasticsearchClient, type ElasticsearchOptions } from "../../infrastructure/elasticsearch/client";
import type { ElasticsearchSink } from "../../infrastructure/line-export/elasticsearch-sink";
import { LineExporter, type LineExportMetrics } from "../../infrastructure/line-export/line-exporter";
import { RetryingReader } from "../../infrastructure/jobs/retrying-reader";
import type { LogLineWriter, LogSearch, LogTails } from "./app/ports";
import { SearchDuringOutages } from "./app/search-during-outages";
import { LogLineStore } from "./db/log-line-store";
import { PostgresLogSearch } from "./db/postgres-log-search";
import { ElasticsearchLogSearch } from "./elasticsearch/elasticsearch-log-search";
import { createLogSink } from "./elasticsearch/log-sink";
import { PolledLogTails } from "./jobs/polled-log-tails";

export { LogLineRow } from "./db/log-line.row";

export interface LogsDependencies {
  /** The pool, for statements that stand alone. */
  readonly sql: Sql;
  /** Makes transactions whose `tx` is made from the transaction's own `Sql`. */
  readonly unitOfWork: <Tx>(toTx: (sql: Sql) => Tx) => UnitOfWork<Tx>;
  /** Null: lines stay in Postgres and are read from there. */
  readonly elasticsearch: (ElasticsearchOptions & { readonly indexPrefix: string; readonly batchSize: number }) | null;
  /** Time between two polls of a followed log. */
  readonly pollIntervalMs?: number;
  /** Told of lines in the transaction that writes them. */
  readonly onLines?: (tx: Sql, lines: readonly NewLogLine[]) => Promise<void>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics?: LineExportMetrics;
}

export interface LogsModule {
  /** For the transaction that `sql` stands for. */
  writer(sql: Sql): LogLineWriter;
  readonly search: LogSearch;
  readonly tails: LogTails;
  /** Null without Elasticsearch. Started only in processes that run background work. */
  readonly exporter: LineExporter<LogLine> | null;
  /** Null without Elasticsearch. */
  readonly lineExport: LineExport<LogLine> | null;
  /**
   * Deletes at most `limit` lines written before the instant and answers how many; fewer means that none is left. With
   * Elasticsearch only lines that it refused are deleted: the others wait until they are exported.
   */
  deleteOlderThan(before: Instant, limit: number): Promise<number>;
  /** Ends the exporter after the batch in hand, and the connections. */
  close(): Promise<void>;
}

export function createLogsModule(dependencies: LogsDependencies): LogsModule {
  const { sql, elasticsearch } = dependencies;
  const lines = new LogLineStore(sql);
  const writer = (tx: Sql): LogLineWriter => ({
    async add(written) {
      await new LogLineStore(tx).add(written);
      await dependencies.onLines?.(tx, written);
    },
  });

  if (elasticsearch === null) {
    const search = new PostgresLogSearch(sql);
    const tails = createTails(dependencies, search);
    return {
      writer,
      search,
      tails,
      exporter: null,
      lineExport: null,
      deleteOlderThan: (before, limit) => lines.deleteOlderThan(before, limit, "all"),
      close: async () => tails.close(),
    };
  }

  const client = createElasticsearchClient(elasticsearch);
  const { indexPrefix } = elasticsearch;
  const sink = createLogSink(indexPrefix, { client, clock: dependencies.clock });
  const { exporter, lineExport } = createExporter(dependencies, { sink, batchSize: elasticsearch.batchSize });
  const search = new SearchDuringOutages(
    new ElasticsearchLogSearch({ client, indexPrefix }),
    new PostgresLogSearch(sql),
  );
  const tails = createTails(dependencies, search);
  return {
    writer,
    search,
    tails,
    exporter,
    lineExport,
    deleteOlderThan: (before, limit) => lines.deleteOlderThan(before, limit, "rejected"),
    close: async () => {
      tails.close();
      await exporter.stop();
      await client.close();
    },
  };
}

const POLL_INTERVAL_MS = 1_000;

function createTails(
  { logger, clock, pollIntervalMs = POLL_INTERVAL_MS }: LogsDependencies,
  search: LogSearch,
): PolledLogTails {
  return new PolledLogTails({
    search,
    clock,
    retrying: new RetryingReader(logger, "Logs that are followed"),
    intervalMs: pollIntervalMs,
  });
}

function createExporter(
  dependencies: LogsDependencies,
  { sink, batchSize }: { readonly sink: ElasticsearchSink<LogLine>; readonly batchSize: number },
): { exporter: LineExporter<LogLine>; lineExport: LineExport<LogLine> } {
  const { sql, unitOfWork, logger, clock, metrics } = dependencies;
  const transactions = unitOfWork<ExportTransaction<LogLine>>((sql) => ({ waiting: new LogLineStore(sql) }));
  const exportLines = new ExportLines(transactions, sink, clock);
  const exporter = new LineExporter({
    name: { many: "Log lines" },
    about: ({ id, releaseName }) => ({ logLineId: id, releaseName }),
    exportLines,
    sink,
    logger,
    clock,
    ...(metrics === undefined ? {} : { metrics }),
    batchSize,
  });
  return { exporter, lineExport: new LineExport(exportLines, sink, new LogLineStore(sql)) };
}
