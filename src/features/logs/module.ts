import type { Logger } from "pino";
import type { Clock } from "../../shared/app/clock";
import type { UnitOfWork } from "../../shared/app/unit-of-work";
import type { Sql } from "../../shared/db/sql";
import type { Instant } from "../../shared/domain/instant";
import { ExportLogLines, type ExportTransaction } from "./app/export-log-lines";
import type { LogLineWriter, LogSearch } from "./app/ports";
import { LogLineStore } from "./db/log-line-store";
import { PostgresLogSearch } from "./db/postgres-log-search";
import { createElasticsearchClient, type ElasticsearchOptions } from "./elasticsearch/client";
import { ElasticsearchLogSearch } from "./elasticsearch/elasticsearch-log-search";
import { ElasticsearchLogSink } from "./elasticsearch/elasticsearch-log-sink";
import { LogExporter, type LogExportMetrics } from "./jobs/log-exporter";

export { LogLineRow } from "./db/log-line.row";

export interface LogsDependencies {
  /** The pool, for statements that stand alone. */
  readonly sql: Sql;
  /** Makes transactions whose `tx` is made from the transaction's own `Sql`. */
  readonly unitOfWork: <Tx>(toTx: (sql: Sql) => Tx) => UnitOfWork<Tx>;
  /** Null: lines stay in Postgres and are read from there. */
  readonly elasticsearch: ElasticsearchOptions | null;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics?: LogExportMetrics;
}

export interface LogsModule {
  /** For the transaction that `sql` stands for. */
  writer(sql: Sql): LogLineWriter;
  readonly search: LogSearch;
  /** Null without Elasticsearch. Started by whoever wants background work in this process. */
  readonly exporter: LogExporter | null;
  /**
   * Deletes at most `limit` lines written before the instant and answers how many; fewer means that none is left.
   * With Elasticsearch only lines that it refused go: the others wait until they are exported.
   */
  deleteOlderThan(before: Instant, limit: number): Promise<number>;
  /** Ends the exporter after the batch in hand, and the connections. */
  close(): Promise<void>;
}

export function createLogsModule(dependencies: LogsDependencies): LogsModule {
  const { sql, elasticsearch } = dependencies;
  const lines = new LogLineStore(sql);
  const writer = (tx: Sql): LogLineWriter => new LogLineStore(tx);

  if (elasticsearch === null) {
    return {
      writer,
      search: new PostgresLogSearch(sql),
      exporter: null,
      deleteOlderThan: (before, limit) => lines.deleteOlderThan(before, limit, "all"),
      close: async () => {},
    };
  }

  const client = createElasticsearchClient(elasticsearch);
  const { indexPrefix } = elasticsearch;
  const sink = new ElasticsearchLogSink({ client, indexPrefix, clock: dependencies.clock });
  const exporter = createExporter(dependencies, sink);
  return {
    writer,
    search: new ElasticsearchLogSearch({ client, indexPrefix }),
    exporter,
    deleteOlderThan: (before, limit) => lines.deleteOlderThan(before, limit, "rejected"),
    close: async () => {
      await exporter.stop();
      await client.close();
    },
  };
}

function createExporter(dependencies: LogsDependencies, sink: ElasticsearchLogSink): LogExporter {
  const { unitOfWork, logger, clock, metrics } = dependencies;
  const transactions = unitOfWork<ExportTransaction>((sql) => ({ waiting: new LogLineStore(sql) }));
  return new LogExporter({
    exportLogLines: new ExportLogLines(transactions, sink, clock),
    sink,
    logger,
    clock,
    ...(metrics === undefined ? {} : { metrics }),
  });
}
