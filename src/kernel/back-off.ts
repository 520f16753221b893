const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** A sink that asks for more is asked again all the same: it may have been restarted since. */
const LONGEST_ASKED_MS = 10 * 60_000;

/**
 * How long to wait after so many failures in a row: doubling from a second to a minute, of which a random half
 * is taken off so that replicas do not come back all at once; never less than the other side asked for.
 */
export function backOffMs(failures: number, askedMs: number | null, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  const jittered = full / 2 + (full / 2) * random();
  return Math.max(jittered, Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}
