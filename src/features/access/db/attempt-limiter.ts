import type { Pool } from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";

/** Counts in the table of failed sign-ins, so that all replicas count together. */
export const attemptLimiter = (
  pool: Pool,
  keyPrefix: string,
  { points, windowSeconds }: { readonly points: number; readonly windowSeconds: number },
): RateLimiterPostgres =>
  new RateLimiterPostgres({
    storeClient: pool,
    storeType: "pool",
    tableName: "failed_login",
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix,
    points,
    duration: windowSeconds,
  });
