import { isAbsolute, resolve } from "node:path";
import { parseCrontab } from "graphile-worker";
import { z } from "zod";
import type { RoleOverrides } from "./config";

/** What the values of a setting look like, wherever they come from. */
export interface ValueKind<T> {
  /** Completes the sentence "expected …". */
  readonly expected: string;
  readonly schema: z.ZodType<T>;
  /** Reads an environment variable. Text that makes no sense is passed on for the schema to refuse. */
  fromText(text: string): unknown;
  /** Present if a value may be a path relative to the working directory. */
  toAbsolute?(value: T, workingDirectory: string): T;
}

const asItIs = (text: string): unknown => text;

export const trueOrFalse: ValueKind<boolean> = {
  expected: "true or false",
  schema: z.boolean(),
  fromText(text) {
    if (/^(true|yes|on|1)$/i.test(text.trim())) return true;
    if (/^(false|no|off|0)$/i.test(text.trim())) return false;
    return text;
  },
};

export function wholeNumber(minimum: number, maximum: number): ValueKind<number> {
  return {
    expected: `a whole number from ${minimum} to ${maximum}`,
    schema: z.int().min(minimum).max(maximum),
    fromText: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text),
  };
}

export const text: ValueKind<string> = { expected: "text", schema: z.string(), fromText: asItIs };

export function textLike(pattern: RegExp, expected: string): ValueKind<string> {
  return { expected, schema: z.string().regex(pattern), fromText: asItIs };
}

export function oneOf<const T extends string>(choices: readonly T[]): ValueKind<T> {
  return { expected: `one of ${choices.join(", ")}`, schema: z.enum(choices), fromText: asItIs };
}

/** In the environment, separated by commas. */
export const listOfText: ValueKind<readonly string[]> = {
  expected: "a list of texts",
  schema: z.array(z.string()),
  fromText: (list) =>
    list
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
};

export function url(...schemes: readonly string[]): ValueKind<string> {
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return { expected, schema: z.string().refine((value) => isUrl(value, schemes)), fromText: asItIs };
}

export const filePath: ValueKind<string> = {
  expected: "a path",
  schema: z.string(),
  fromText: asItIs,
  toAbsolute: (path, workingDirectory) => resolve(workingDirectory, path),
};

export const filePathOrUrl: ValueKind<string> = {
  expected: "a path, or a URL that starts with http:// or https://",
  schema: z.string().refine((value) => !value.includes("://") || isUrl(value, ["http", "https"])),
  fromText: asItIs,
  toAbsolute: (value, workingDirectory) =>
    value.includes("://") || isAbsolute(value) ? value : resolve(workingDirectory, value),
};

/** Exactly what the job queue's own parser takes: numbers, ranges, lists and `*` with a divisor, no names. */
export const cronSchedule: ValueKind<string> = {
  expected: "a cron schedule of five numeric fields (minute, hour, day, month, weekday)",
  schema: z.string().refine(isCronSchedule),
  fromText: asItIs,
};

/** A permission without a value (YAML: `deployment.logs.get:`) is granted. In the environment, JSON. */
export const roleOverrides: ValueKind<RoleOverrides> = {
  expected: "roles, each with `permissions` that are true or false",
  schema: z.record(
    z.string(),
    z.object({ permissions: z.record(z.string(), z.boolean().nullable().transform((granted) => granted ?? true)) }),
  ),
  fromText: jsonOrText,
};

function isUrl(value: string, schemes: readonly string[]): boolean {
  return URL.canParse(value) && schemes.some((scheme) => value.toLowerCase().startsWith(`${scheme}://`));
}

function isCronSchedule(value: string): boolean {
  if (/[\r\n]/.test(value)) return false;
  try {
    return parseCrontab(`${value.trim()} task`).length === 1;
  } catch {
    return false;
  }
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
