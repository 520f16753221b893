export type Zone = "local" | "utc";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LOCALE = "en-GB";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "always" });

const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(LOCALE, zone === "utc" ? { ...options, timeZone: "UTC" } : options);
    formats.set(key, made);
  }
  return made;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };

/** Returns "03:12:07". */
export function clock(at: string, zone: Zone): string {
  return format(zone, CLOCK).format(new Date(at));
}

/** Returns "7 Nov 2026", or "7 Nov" without the year: months have three letters, which no English locale has for all of them. */
function date(at: number, zone: Zone, withYear: boolean): string {
  const parts = format(zone, { day: "numeric", month: "numeric", year: "numeric" }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((found) => found.type === type)?.value ?? "";
  const words = `${Number(part("day"))} ${MONTHS[Number(part("month")) - 1] ?? ""}`;
  return withYear ? `${words} ${part("year")}` : words;
}

/** Returns "7 Nov", with the year if it is another one than now. */
export function day(at: string, zone: Zone, now: number): string {
  const year = (instant: number): string => date(instant, zone, true).slice(-4);
  return date(Date.parse(at), zone, year(Date.parse(at)) !== year(now));
}

/** Returns "8 minutes ago" up to seven days back, then the day. An instant that is ahead of the clock is "just now". */
export function relative(at: string, zone: Zone, now: number): string {
  const age = now - Date.parse(at);
  if (age < 10 * SECOND) return "just now";
  if (age < MINUTE) return relativeFormat.format(-Math.floor(age / SECOND), "second");
  if (age < HOUR) return relativeFormat.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return relativeFormat.format(-Math.floor(age / HOUR), "hour");
  if (age < 8 * DAY) return relativeFormat.format(-Math.floor(age / DAY), "day");
  return day(at, zone, now);
}

/** Returns "7 Nov 2026, 10:34:11 CET · 09:34:11 UTC": the zone always stands beside the time. */
export function exact(at: string, zone: Zone): string {
  const words = (of: Zone): string => `${date(Date.parse(at), of, true)}, ${clock(at, of)}`;
  if (zone === "utc") return `${words("utc")} UTC`;
  const name = format("local", { timeZoneName: "short" })
    .formatToParts(Date.parse(at))
    .find(({ type }) => type === "timeZoneName")?.value;
  return name === undefined || name === "UTC" || name === "GMT"
    ? `${words("utc")} UTC`
    : `${words("local")} ${name} · ${clock(at, "utc")} UTC`;
}

/** Returns "41 s", "5 min", "2 h 24 min" or "9 d 5 h". */
export function duration(ms: number): string {
  const two = (large: number, unit: string, small: number, smaller: string): string =>
    small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  if (ms < 10 * MINUTE) return two(Math.floor(ms / MINUTE), "min", Math.floor((ms % MINUTE) / SECOND), "s");
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return two(Math.floor(ms / HOUR), "h", Math.floor((ms % HOUR) / MINUTE), "min");
  return two(Math.floor(ms / DAY), "d", Math.floor((ms % DAY) / HOUR), "h");
}

/** Returns how long something took, in the same words; null while it goes on. */
export function between(from: string, to: string | null | undefined): string | null {
  return to == null ? null : duration(Date.parse(to) - Date.parse(from));
}
