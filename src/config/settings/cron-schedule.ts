import { parseCrontab } from "graphile-worker";
import { z } from "zod";
import type { ValueKind } from "./value-kinds";

/** Source: the documentation of Kubernetes on the schedules of a CronJob, as are the names of days and months. */
const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

interface Field {
  readonly max: number;
  /** Names of values, the first of them for `firstValue`. */
  readonly names: readonly string[];
  readonly firstValue: number;
}
const numeric = (max: number): Field => ({ max, names: [], firstValue: 0 });
const FIELDS = [
  numeric(59),
  numeric(23),
  numeric(31),
  { max: 12, names: MONTHS, firstValue: 1 },
  { max: 6, names: DAYS, firstValue: 0 },
];

/**
 * A schedule as a Kubernetes CronJob takes it: five fields, with names of months and days, `?`, and steps of ranges; or
 * a nickname such as `@daily`. Becomes the five numeric fields that the job queue's parser takes.
 */
export const cronSchedule: ValueKind<string> = {
  expected: "a cron schedule such as 11 23 * * * (minute, hour, day, month, weekday) or @daily",
  schema: z.string().transform((text, context) => {
    const schedule = toNumericFields(text);
    if (schedule !== null) return schedule;
    context.addIssue({ code: "custom", message: "not a cron schedule" });
    return z.NEVER;
  }),
  fromText: (text) => text,
  hint(value) {
    if (typeof value !== "string") return null;
    if (/^\s*@every\b/i.test(value))
      return "@every is not supported: write the times, as 0 */6 * * * for every six hours";
    if (/^\s*(CRON_)?TZ=/.test(value)) return "it is in UTC: leave out the time zone, and write the hour in UTC";
    return null;
  },
};

function toNumericFields(text: string): string | null {
  const trimmed = text.trim();
  if (/[\r\n]/.test(trimmed)) return null;
  const fields = (NICKNAMES[trimmed.toLowerCase()] ?? trimmed).split(/[ \t]+/);
  if (fields.length !== FIELDS.length) return null;
  const schedule = FIELDS.map((field, index) => numericParts(fields[index] ?? "", field)).join(" ");
  try {
    return parseCrontab(`${schedule} task`).length === 1 ? schedule : null;
  } catch {
    return null;
  }
}

/** Parts that are not understood are passed on, and refused by the parser of the job queue. */
const numericParts = (text: string, field: Field): string =>
  text
    .split(",")
    .map((part) => numericPart(part, field))
    .join(",");

function numericPart(part: string, field: Field): string {
  const [, range = part, step] = /^([^/]+)\/(\d+)$/.exec(part) ?? [];
  if (range === "*" || range === "?") return step === undefined ? "*" : `*/${step}`;
  const [from, to, ...rest] = range.split("-").map((end) => valueOf(end, field));
  if (from === undefined || rest.length > 0) return part;
  // A step after a single value reaches to the end of the field.
  const last = to ?? (step === undefined ? from : field.max);
  if (step === undefined) return from === last ? `${from}` : `${from}-${last}`;
  if (Number(step) < 1 || !(from <= last && last <= field.max)) return part;
  return Array.from({ length: Math.floor((last - from) / Number(step)) + 1 }, (_, i) => from + i * Number(step)).join(
    ",",
  );
}

/** NaN where the text is neither a number nor a name. */
function valueOf(text: string, { names, firstValue }: Field): number {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return firstValue + index;
  return /^\d{1,3}$/.test(text) ? Number(text) : NaN;
}
