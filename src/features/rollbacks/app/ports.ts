/** The counters of this feature. A port, so that no feature depends on the metrics library. */
export interface RollbackMetrics {
  /** `outcome`: accepted, or the code of the refusal in lower case, or error. */
  rollback(outcome: string): void;
}
