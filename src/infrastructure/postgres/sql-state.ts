import { isNativeError } from "node:util/types";

/** The SQLSTATE of a database error, even if TypeORM has wrapped it, or the code of a system error. */
export function sqlStateOf(error: unknown): string | undefined {
  return databaseErrorField(error, "code");
}

/** The name of the constraint that a statement violated. */
export function constraintOf(error: unknown): string | undefined {
  return databaseErrorField(error, "constraint");
}

function databaseErrorField(error: unknown, field: "code" | "constraint"): string | undefined {
  if (!isNativeError(error)) return undefined;
  const own = (error as { driverError?: unknown }).driverError ?? error;
  const value = (own as Record<string, unknown>)[field];
  return typeof value === "string" ? value : undefined;
}

/** Whether a transaction gave way to a concurrent one, and can succeed when it is run again. */
export const isContention = (error: unknown): boolean => ["40001", "40P01"].includes(sqlStateOf(error) ?? "");
