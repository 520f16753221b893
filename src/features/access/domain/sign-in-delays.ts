/** Limits of the failed attempts that one counter counts. */
export interface DelayLimits {
  /** Failures that cost no delay. */
  readonly free: number;
  /** The longest delay between two further attempts. */
  readonly maxDelayMs: number;
}

const FIRST_DELAY_MS = 5_000;
const DAY_MS = 86_400_000;

/** How long after a failure a counter is kept. Longer than the longest delay, so that nobody waits for it to be dropped. */
export const keptForMs = ({ maxDelayMs }: DelayLimits): number => DAY_MS + maxDelayMs;

/** The delay after so many failures: 5 s, then twice as long after each further one, up to the longest. */
export function delayAfterMs(failures: number, { free, maxDelayMs }: DelayLimits): number {
  if (failures < free) return 0;
  return Math.min(maxDelayMs, FIRST_DELAY_MS * 2 ** Math.min(failures - free, 30));
}

/** The most attempts that one counter lets through within a day, however they are made. */
export function maxAttemptsPerDay(limits: DelayLimits): number {
  let [attempts, ms] = [limits.free, 0];
  while ((ms += delayAfterMs(attempts, limits)) <= DAY_MS) attempts++;
  return attempts;
}
