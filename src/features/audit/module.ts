import type { FastifyInstance } from "fastify";
import type { DataSource, EntityManager } from "typeorm";
import type { Logger } from "pino";
import type { Config, ElasticsearchConfig } from "../../config";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import { ExportLines } from "../../infrastructure/line-export/export-lines";
import { LineExport } from "../../infrastructure/line-export/line-export";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import { RowStatements } from "../../infrastructure/postgres/row-statements";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import { minusDays, type Instant } from "../../kernel/instant";
import type { Actor } from "../../kernel/permissions";
import { createElasticsearchClient } from "../../infrastructure/elasticsearch/client";
import { LineExporter, type LineExportMetrics } from "../../infrastructure/line-export/line-exporter";
import { BoundedRefusals } from "./app/bounded-refusals";
import { AuditQueries, type AuditLine } from "./app/audit-queries";
import { AuditLineRow } from "./db/audit-line.row";
import { AuditReadModelSql } from "./db/audit-read-model";
import { AuditTrailSql } from "./db/audit-trail";
import { WaitingAuditLines } from "./db/waiting-audit-lines";
import { createAuditSink } from "./elasticsearch/audit-sink";
import { AuditResolver } from "./graphql/audit.resolver";
import { auditExportRoutes } from "./http/audit-export-routes";

export { AuditLineRow } from "./db/audit-line.row";

export interface AuditModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  /** Connections of their own for transactions that wait for Elasticsearch. */
  readonly backgroundSource: DataSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: LineExportMetrics;
}

export function createAuditModule(options: AuditModuleOptions) {
  const { config, dataSource, clock } = options;
  const readModel = new AuditReadModelSql(sqlOf(dataSource));
  const queries = new AuditQueries(readModel);
  const rows = new RowStatements(dataSource, AuditLineRow);
  const trail = (manager: EntityManager): AuditTrail => new AuditTrailSql(manager, rows, clock);
  const unitOfWork = createUnitOfWork(dataSource, (manager) => ({ audit: trail(manager) }));
  const refusals = new BoundedRefusals({
    unitOfWork,
    nowMs: Date.now,
    failed: (error) => options.log.debug({ err: error }, "a refusal is missing in the audit trail"),
  });
  const exporting = config.elasticsearch.kind === "on" ? createExporter(options, config.elasticsearch) : null;
  return {
    trail,
    refusals,
    /** Null without Elasticsearch. Started only in processes that run background work. */
    exporter: exporting?.exporter ?? null,
    /** Null without Elasticsearch. */
    lineExport: exporting?.lineExport ?? null,
    /**
     * Deletes at most `limit` of the lines that are kept no longer, and answers how many; fewer means that none is
     * left. With Elasticsearch those stay that have not reached it yet.
     */
    deleteExpired: (now: Instant, limit: number): Promise<number> =>
      readModel.deleteOlderThan(
        minusDays(now, config.audit.retentionDays),
        limit,
        exporting === null ? "all" : "exported",
      ),
    resolvers: [new AuditResolver(queries)],
    routes(app: FastifyInstance, authenticate: (header: string | undefined, address: string) => Promise<Actor>): void {
      auditExportRoutes(app, { endpoint: config.server.endpoint, authenticate, queries, unitOfWork });
    },
    /** Ends the exporter after the batch in hand, and its connections. */
    async close(): Promise<void> {
      await exporting?.exporter.stop();
      await exporting?.client.close();
    },
  };
}

function createExporter(
  { dataSource, backgroundSource, clock, log, metrics }: AuditModuleOptions,
  elasticsearch: ElasticsearchConfig & { readonly kind: "on" },
) {
  const client = createElasticsearchClient(elasticsearch);
  const sink = createAuditSink(elasticsearch.auditIndexPrefix, { client, clock });
  const transactions = createUnitOfWork(backgroundSource, (manager) => ({
    waiting: new WaitingAuditLines(sqlOf(manager)),
  }));
  const exportLines = new ExportLines(transactions, sink, clock);
  const exporter = new LineExporter<AuditLine>({
    name: { many: "Audit lines" },
    about: ({ id, action }) => ({ auditLineId: id, action }),
    exportLines,
    sink,
    logger: log,
    clock,
    metrics,
    batchSize: elasticsearch.batchSize,
  });
  return { client, exporter, lineExport: new LineExport(exportLines, sink, new WaitingAuditLines(sqlOf(dataSource))) };
}
