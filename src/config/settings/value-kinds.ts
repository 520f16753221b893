import proxyAddr from "@fastify/proxy-addr";
import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import { domainToASCII } from "node:url";
import { RE2JS } from "re2js";
import { z } from "zod";
import type { ClaimsMapping, ComponentSize, RoleOverrides } from "./value-types";

/** The form of a setting's values, whatever their source. */
export interface ValueKind<T> {
  /** Completes the sentence "expected …". */
  readonly expected: string;
  readonly schema: z.ZodType<T>;
  /** Parses an environment variable. Text that does not fit is passed on, and refused by the schema. */
  fromText(text: string): unknown;
  /** More about a refused value, without showing it; null if there is nothing to add. */
  hint?(value: unknown): string | null;
  /** Defined if a value may be a path relative to the working directory. */
  toAbsolute?(value: T, workingDirectory: string): T;
}

/** Quotes, and blanks within them, make no difference to a chart's templates, which print the value. */
const unquoted = (value: unknown): unknown => (typeof value === "string" ? value.trim() : value);
const flag = z.preprocess((given) => {
  const value = unquoted(given);
  if (typeof value !== "string") return value;
  if (/^(true|yes|on)$/i.test(value)) return true;
  if (/^(false|no|off)$/i.test(value)) return false;
  return value;
}, z.boolean());
/** Helm prints large numbers as `8.64e+07`. */
const DECIMAL = /^\+?\d+(\.\d+)?(e\+?\d+)?$/i;
const count = (minimum: number, maximum: number) =>
  z.preprocess((given) => {
    const value = unquoted(given);
    return typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
  }, z.int().min(minimum).max(maximum));

const namespace = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

const asItIs = (text: string): unknown => text;

export const trueOrFalse: ValueKind<boolean> = {
  expected: "true or false",
  schema: flag,
  fromText: (text) => (/^\s*[01]\s*$/.test(text) ? text.trim() === "1" : text.trim()),
};

export const introspection: ValueKind<boolean | "signed-in"> = {
  expected: "true, signed-in or false",
  schema: z.union([flag, z.literal("signed-in")]),
  fromText: (text) => trueOrFalse.fromText(text),
};

const MAX_PROXIES = 10;

/** How many proxies are trusted, or those of which networks. A list is separated by commas in the environment. */
export const trustedProxies: ValueKind<boolean | number | readonly string[]> = {
  expected: `true, false, the number of proxies from 0 to ${MAX_PROXIES}, or a list of networks such as 10.0.0.0/8, loopback or uniquelocal`,
  schema: z.union([
    flag,
    count(0, MAX_PROXIES),
    z.array(z.string().refine(isNetwork)),
    z
      .string()
      .refine(isNetwork)
      .transform((network) => [network]),
  ]),
  fromText(text) {
    const value = text.trim();
    return /^\d+$/.test(value) || flag.safeParse(value).success ? value : listOfText.fromText(text);
  },
};

export function wholeNumber(minimum: number, maximum: number): ValueKind<number> {
  return {
    expected: `a whole number from ${minimum} to ${maximum}`,
    schema: count(minimum, maximum),
    fromText: (text) => text.trim(),
  };
}

export const text: ValueKind<string> = { expected: "text", schema: z.string(), fromText: asItIs };

export function textLike(pattern: RegExp, expected: string): ValueKind<string> {
  return { expected, schema: z.string().regex(pattern), fromText: asItIs };
}

export const oneTimeSecret = textLike(/^[^\s]{16,200}$/, "16 to 200 characters without blanks");
export const emailAddress = textLike(/^[^\s@]+@[^\s@]+$/, "an e-mail address");

export const dnsLabel = textLike(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "lower-case letters, digits and -");

/** In upper or lower case. */
export function oneOf<const T extends string>(choices: readonly T[]): ValueKind<T> {
  const schema = z.preprocess((given) => {
    const value = unquoted(given);
    return choices.find((choice) => typeof value === "string" && choice.toLowerCase() === value.toLowerCase()) ?? given;
  }, z.enum(choices));
  return { expected: `one of ${choices.join(", ")}`, schema, fromText: asItIs };
}

/** One or more labels of DNS; an internationalized name is taken in its ASCII form. */
export const domain: ValueKind<string> = {
  expected: "a domain such as example.com, without https:// and without a port",
  schema: z
    .string()
    // It drops what follows a slash.
    .transform((value) => (/[/:?#@\\]/.test(value) ? "" : domainToASCII(value.trim())))
    .pipe(z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/)),
  fromText: asItIs,
};

/** Separated by commas in the environment. */
export const listOfText: ValueKind<readonly string[]> = {
  expected: "a list of texts",
  schema: z.array(z.string()),
  fromText: (list) =>
    list
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
};

/** In the platform's form, `- name: team-a`, or a plain list. */
export const listOfNamespaces: ValueKind<readonly string[]> = {
  expected: "a list of namespaces of a cluster, each with a name",
  schema: z.array(z.union([namespace, z.object({ name: namespace }).transform(({ name }) => name)])),
  fromText: (list) => listOfText.fromText(list),
};

const limit = count(0, 2 ** 31 - 1).optional();

/** In the platform's form. Its defaults, and its values for components that users do not set, are ignored. */
export const componentLimits: ValueKind<readonly ComponentSize[]> = {
  expected: "a list of components, each with a name, and with an au.limit or limits under extra",
  schema: z.array(
    z.object({
      name: z.string(),
      au: z.object({ limit }).optional(),
      extra: z.array(z.object({ name: z.string(), limit })).optional(),
    }),
  ),
  fromText: jsonOrText,
};

const KEY_BYTES = 32;

/** AES-256 keys. Separated by commas in the environment; base64 has no commas. */
export const listOfKeys: ValueKind<readonly string[]> = {
  ...listOfText,
  expected: `a list of keys, each ${KEY_BYTES} bytes in base64`,
  schema: z.array(
    z.string().refine((key) => /^[A-Za-z0-9+/]+=*$/.test(key) && Buffer.from(key, "base64").length === KEY_BYTES),
  ),
};

export function url(...schemes: readonly string[]): ValueKind<string> {
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return { expected, schema: z.string().refine((value) => isUrl(value, schemes)), fromText: asItIs };
}

/** Scheme, host and port in the form in which browsers send and compare them. */
const browserOrigin = z
  .string()
  .refine((value) => isUrl(value, ["https", "http"]) && isBare(new URL(value)))
  .transform((value) => new URL(value).origin);

export const origin: ValueKind<string> = {
  expected: "an address such as https://houston.example.com, without a path",
  schema: browserOrigin,
  fromText: asItIs,
};

/** `*` stands for all origins. Separated by commas in the environment. */
export const listOfOrigins: ValueKind<readonly string[]> = {
  expected: "a list of addresses such as https://app.example.com, without paths and wildcards, or of * alone",
  schema: z.array(z.union([z.literal("*"), browserOrigin])),
  fromText: (list) => listOfText.fromText(list),
};

/** A trailing slash is dropped. */
export const imageRepository: ValueKind<string> = {
  expected: "a repository such as registry.example.com/team/airflow, without https://, tag and digest",
  schema: z
    .string()
    .regex(/^([\w.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(\/[\w.-]+)*\/?$/i)
    .transform((value) => value.replace(/\/$/, "")),
  fromText: asItIs,
};

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

/** True where there is no value, as in YAML `deployment.logs.get:`. */
const granted = flag.nullable().transform((value) => value ?? true);
const roleOverride = z.object({ permissions: z.record(z.string(), granted).nullable() }).nullable();

/** A role without content changes nothing. JSON in the environment. */
export const roleOverrides: ValueKind<RoleOverrides> = {
  expected: "roles, each with `permissions` that are true or false",
  schema: z.record(
    z.string(),
    roleOverride.transform((role) => ({ permissions: role?.permissions ?? {} })),
  ),
  fromText: jsonOrText,
};

/**
 * A plain text is the name of the groups claim, as in the 0.35 platform's guide to importing groups. Text or JSON in
 * the environment.
 */
export const claimsMapping: ValueKind<ClaimsMapping> = {
  expected: "a mapping with names of claims under email, name and groups, or the name of the groups claim",
  schema: z.union([
    z.string().transform((groups): ClaimsMapping => ({ groups })),
    z.object({ email: z.string().optional(), name: z.string().optional(), groups: z.string().optional() }),
  ]),
  fromText: jsonOrText,
};

/** JSON in the environment. */
export const parameters: ValueKind<Readonly<Record<string, string>>> = {
  expected: "a mapping of texts",
  schema: z.record(z.string(), z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])),
  fromText: jsonOrText,
};

/** In RE2's syntax, whose matching time grows only with the length of the text. */
export const pattern: ValueKind<string> = {
  expected: "a regular expression without look-around and back-references (RE2 syntax)",
  schema: z.string().refine(isPattern),
  fromText: asItIs,
};

function isPattern(value: string): boolean {
  try {
    return RE2JS.compile(value) instanceof RE2JS;
  } catch {
    return false;
  }
}

const NAMED_NETWORKS = new Set(["loopback", "linklocal", "uniquelocal"]);

function isNetwork(value: string): boolean {
  // The parser of addresses also takes short forms such as 10.1 for 10.0.0.1.
  if (!NAMED_NETWORKS.has(value) && isIP(value.split("/", 1)[0]!) === 0) return false;
  try {
    return typeof proxyAddr.compile(value) === "function";
  } catch {
    return false;
  }
}

function isUrl(value: string, schemes: readonly string[]): boolean {
  return URL.canParse(value) && schemes.some((scheme) => value.toLowerCase().startsWith(`${scheme}://`));
}

function isBare({ href, origin: root, hostname }: URL): boolean {
  return href === `${root}/` && !hostname.includes("*");
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
