import { minusDays, type Instant } from "../../../kernel/instant";

/** How long a revision can be a target and is kept, unless it is pinned or runs. */
export interface Retention {
  readonly retentionDays: number;
}

/**
 * The oldest `createdAt` that is still within reach: N × 24 hours back, in UTC, itself included. The
 * rollback rules and the clean-up both ask this, so that none deletes what the other still offers.
 */
export const oldestWithinReach = (now: Instant, { retentionDays }: Retention): Instant => minusDays(now, retentionDays);

export const isExpired = (createdAt: Instant, now: Instant, retention: Retention): boolean =>
  createdAt < oldestWithinReach(now, retention);
