const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Max wait that we accept from the other side. It may ask for more, but may also have been restarted since. */
const LONGEST_ASKED_MS = 10 * 60_000;

/**
 * Backoff after a number of failures in a row: doubles from a second to a minute, minus up to half of it at random, so
 * that replicas do not come back all at once. Never less than `askedMs`, the wait that the other side asked for.
 */
export function backOffMs(failures: number, askedMs: number | null, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  const jittered = full / 2 + (full / 2) * random();
  return Math.max(jittered, Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}
