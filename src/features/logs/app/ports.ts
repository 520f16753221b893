import type { Instant } from "../../../kernel/instant";
import type { NewLogLine } from "../domain/log-line";

/** Adds lines in the transaction of the change that they tell of: both are kept, or neither. */
export interface LogLineWriter {
  add(lines: readonly NewLogLine[]): Promise<void>;
}

export interface LogQuery {
  readonly releaseName: string;
  readonly deploymentId: string;
  readonly workspaceId: string;
  /** Collected lines from before are of an earlier Deployment with the same release name. */
  readonly deploymentCreatedAt: Instant;
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
   * Yields the lines from `since` on, then new ones until the reader stops. Each line is yielded once, roughly in order
   * of time: a line that is stored late is yielded late. During an outage of the logs it waits.
   * @param reader the caller's id: each caller gets a limited share of the followers
   * @throws Unavailable if too much is followed already, or if the reader is too slow
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
