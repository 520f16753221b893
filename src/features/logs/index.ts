export * from "./domain";
export type { LogEntry, LogFilter, LogLineWriter, LogQuery, LogSearch, LogTails } from "./app/ports";
