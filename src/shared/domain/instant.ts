/**
 * A point in time as RFC 3339 text in UTC with milliseconds, e.g. `2024-07-15T09:30:00.000Z`.
 * Always that shape, so two instants compare as text.
 */
export type Instant = string;

export const DAY_MS = 24 * 60 * 60 * 1000;

export function toInstant(time: Date | number): Instant {
  return (typeof time === "number" ? new Date(time) : time).toISOString();
}

export function plusMs(instant: Instant, ms: number): Instant {
  return toInstant(Date.parse(instant) + ms);
}

export function minusDays(instant: Instant, days: number): Instant {
  return plusMs(instant, -days * DAY_MS);
}
