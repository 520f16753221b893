import type { Instant } from "../../../kernel/instant";
import type { NewLogLine } from "../domain/log-line";

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

/** Which lines of which Deployment. */
export type LogFilter = Omit<LogQuery, "since" | "limit">;

/** Lines as they appear. */
export interface LogTails {
  /**
   * The lines from `since` on, then every new one for as long as it is read. Each line comes once, about in the
   * order of time: a line that the logs got late comes late. Where the logs cannot be read it waits until they can.
   * @param reader whose it is, since nobody gets more than a share of what can be followed at a time
   * @throws Unavailable if too much is followed already, or if whoever reads is too slow
   */
  follow(
    filter: LogFilter,
    since: Instant,
    reader: string,
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry, void, undefined>;
}

export interface LogSearch {
  /**
   * The newest `limit` lines, oldest first; lines of one instant in the order in which they were written.
   * @throws Unavailable if the logs cannot be read now.
   */
  search(query: LogQuery): Promise<LogEntry[]>;
  /** The oldest `limit` lines from `since` on, in the same order. @throws Unavailable */
  oldest(query: LogQuery & { readonly since: Instant }): Promise<LogEntry[]>;
}
