import { DomainError } from "../../../kernel/errors";
import type { RollbackMetrics } from "./ports";

/** Counts how a rollback came out, and passes its result or error on. */
export async function counted<T>(metrics: RollbackMetrics, rollBack: () => Promise<T>): Promise<T> {
  try {
    const result = await rollBack();
    metrics.rollback("accepted");
    return result;
  } catch (error) {
    metrics.rollback(error instanceof DomainError ? error.code.toLowerCase() : "error");
    throw error;
  }
}
