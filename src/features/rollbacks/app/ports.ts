/** What is counted; a port, so that no feature knows the metrics library. */
export interface RollbackMetrics {
  /** `outcome`: accepted, or the code of the refusal in lower case, or error. */
  rollback(outcome: string): void;
}
