export { DEPLOY_ROLLBACK, type LogLine, type NewLogLine } from "./domain/log-line";
export type { LogEntry, LogLineWriter, LogQuery, LogSearch } from "./app/ports";
export { ExportLogLines, type ExportBatch, type ExportReport } from "./app/export-log-lines";
export type { LogExporter, LogExportMetrics } from "./jobs/log-exporter";
