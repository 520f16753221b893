import { InvalidInput } from "../../../kernel/errors";
import { minusDays, plusMs, type Instant } from "../../../kernel/instant";
import type { ServiceAccount } from "./accounts";

/** By which scanners for secrets, and people, recognise a key. */
export const API_KEY_PREFIX = "rtg_";

/** Of all keys, or null for none. */
export type MaxKeyAgeDays = number | null;

/** When a key ends: at its own date or by the configured max age, whichever is earlier. Null for never. */
export function keyExpiry(
  { expiresAt, createdAt }: Pick<ServiceAccount, "expiresAt" | "createdAt">,
  maxAgeDays: MaxKeyAgeDays,
): Instant | null {
  if (maxAgeDays === null) return expiresAt;
  const byAge = minusDays(createdAt, -maxAgeDays);
  return expiresAt !== null && expiresAt < byAge ? expiresAt : byAge;
}

/** The account as callers see it, with the end of its key by all rules. */
export const withKeyExpiry = <T extends ServiceAccount>(account: T, maxAgeDays: MaxKeyAgeDays): T => ({
  ...account,
  expiresAt: keyExpiry(account, maxAgeDays),
});

/** @throws InvalidInput for a date that is over, or later than the configured max age allows */
export function checkKeyExpiry(
  expiresAt: Instant | null,
  { now, maxAgeDays }: { readonly now: Instant; readonly maxAgeDays: MaxKeyAgeDays },
): Instant | null {
  if (expiresAt === null) return null;
  if (expiresAt <= now) throw new InvalidInput("expiresAt", "has to be in the future");
  if (maxAgeDays !== null && expiresAt > plusMs(minusDays(now, -maxAgeDays), LEEWAY_MS))
    throw new InvalidInput("expiresAt", `is too late: keys are accepted for ${maxAgeDays} days at most`);
  return expiresAt;
}

/** For clocks that differ: clients compute "in 90 days" by their own. */
const LEEWAY_MS = 60_000;
