/**
 * A point in time as RFC 3339 text in UTC with milliseconds, e.g. `2024-07-15T09:30:00.000Z`. Always in that form, so
 * that instants can be compared as text.
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

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](?:[01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** Conversion to UTC can make the year longer than four digits, or 0, which Postgres does not know. */
const IN_RANGE = /^(?!0000)\d{4}-/;

/**
 * Parses an RFC 3339 instant of the years 1 to 9999; null for any other text, also for a day that does not exist.
 * Accepts up to nine fractional digits, cut to milliseconds.
 */
export function parseInstant(text: string): Instant | null {
  const [, date] = RFC_3339.exec(text) ?? [];
  if (date === undefined || !isDate(date)) return null;
  const time = Date.parse(text.replace(" ", "T").replace(/(\.\d{3})\d+/, "$1"));
  const instant = Number.isNaN(time) ? "" : toInstant(time);
  return IN_RANGE.test(instant) ? instant : null;
}

/** `Date.parse` takes the 30th of February as a day of March. */
function isDate(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && toInstant(time).startsWith(date);
}
