/**
 * One transaction around one use case. `tx` holds the only write-capable stores; inside, nothing but
 * `tx` is called. Retried whole on a serialization failure or a deadlock, so the work must have no
 * effect outside `tx`.
 */
export interface UnitOfWork<Tx> {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
