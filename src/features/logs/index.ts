export { DEPLOY_ROLLBACK, type LogLine, type NewLogLine } from "./domain/log-line";
export { componentNamed } from "./domain/component";
export type { LogEntry, LogFilter, LogLineWriter, LogQuery, LogSearch, LogTails } from "./app/ports";
