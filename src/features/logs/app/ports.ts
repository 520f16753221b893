import type { Instant } from "../../../shared/domain/instant";
import type { LogLine, NewLogLine } from "../domain/log-line";

/** Adds lines in the transaction of the change that they tell of: both are kept, or neither. */
export interface LogLineWriter {
  add(lines: readonly NewLogLine[]): Promise<void>;
}

export interface LogQuery {
  readonly releaseName: string;
  readonly deploymentId: string;
  /** Absent: every component. */
  readonly component?: string;
  /** The earliest instant, itself included. */
  readonly since?: Instant;
  /** Words that follow each other in the message, in either case; nothing in it is a wildcard. */
  readonly text?: string;
  readonly limit: number;
}

export interface LogEntry {
  readonly id: string;
  readonly timestamp: string;
  readonly message: string;
}

export interface LogSearch {
  /**
   * The newest `limit` lines, oldest first; lines of one instant in the order in which they were written.
   * @throws Unavailable if the logs cannot be read now.
   */
  search(query: LogQuery): Promise<LogEntry[]>;
}

/** Where lines go for good. Sending a line again changes nothing. */
export interface LogSink {
  /** @throws Error if the sink did not take it; lines can be sent all the same. */
  ensureTemplate(signal?: AbortSignal): Promise<void>;
  /** Never throws: every line has its outcome, in the order given. */
  index(lines: readonly LogLine[], signal?: AbortSignal): Promise<SinkResult>;
}

export type LineOutcome =
  | { readonly line: LogLine; readonly outcome: "indexed" }
  /** The sink could not take it now, or did not say: to be sent again. */
  | { readonly line: LogLine; readonly outcome: "retry"; readonly reason: string }
  /** The sink will never take this line, whatever else happens. */
  | { readonly line: LogLine; readonly outcome: "rejected"; readonly reason: string };

export interface SinkResult {
  readonly lines: readonly LineOutcome[];
  /** Set if a request as a whole failed. */
  readonly outage: SinkOutage | null;
}

export interface SinkOutage {
  readonly reason: string;
  /** What the sink asked for, if it did. */
  readonly retryAfterMs: number | null;
}

/** The lines that still have to reach the sink. */
export interface WaitingLogLines {
  /** Oldest first, behind the line `after`; locked, and without those that another exporter has in hand. */
  lock(limit: number, after: string | null): Promise<LogLine[]>;
  delete(ids: readonly string[]): Promise<void>;
  /** Sets lines aside: they stay readable but wait no more. */
  reject(lines: readonly RejectedLine[], at: Instant): Promise<void>;
  /** When the oldest waiting line was written, whoever has it in hand; null if none waits. */
  oldestAt(): Promise<Instant | null>;
}

export interface RejectedLine {
  readonly id: string;
  readonly releaseName: string;
  readonly reason: string;
}
