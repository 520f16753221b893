/** Work for later, kept in the same transaction as the change that needs it. */
export interface Outbox {
  add(job: OutboxJob): Promise<void>;
  /** Takes the job with that key out of the queue unless it has started. */
  remove(key: string): Promise<void>;
}

export interface OutboxJob {
  readonly task: string;
  /** Ids only: the handler reads the state that holds when it runs. */
  readonly payload: Readonly<Record<string, string>>;
  /** Jobs of one queue run one after another, in the order they were added. */
  readonly queue?: string;
  /** Not before this much time has passed. */
  readonly delayMs?: number;
  /** A job with the same key that has not started yet is replaced. */
  readonly key?: string;
}
