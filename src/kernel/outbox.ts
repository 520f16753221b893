/** Jobs to run later, stored in the same transaction as the change that needs them. */
export interface Outbox {
  add(job: OutboxJob): Promise<void>;
  /** Removes the job with that key from the queue, unless it has started. */
  remove(key: string): Promise<void>;
}

export interface OutboxJob {
  readonly task: string;
  /** Ids only: the handler reads the current state when it runs. */
  readonly payload: Readonly<Record<string, string>>;
  /** Jobs of one queue run one after another, in the order they were added. */
  readonly queue?: string;
  /** Min delay before the job runs. */
  readonly delayMs?: number;
  /** A job with the same key that has not started yet is replaced. */
  readonly key?: string;
}
