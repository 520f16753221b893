/**
 * One transaction around one use case. `tx` holds the only write-capable stores; inside, only `tx` is called. The whole
 * transaction is retried on a serialization failure or a deadlock, so the work must have no effect outside `tx`.
 */
export interface UnitOfWork<Tx> {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
