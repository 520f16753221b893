import { isIPv6 } from "node:net";
import { z } from "zod";
import { wholeNumber, type ValueKind } from "./value-kinds";

const SCHEMES = ["postgres", "postgresql"];
const STARTS = SCHEMES.map((scheme) => `${scheme}://`);

const ENCODE =
  "special characters of the user name and the password have to be percent-encoded, such as @ as %40, : as %3A, / as %2F, # as %23, ? as %3F and % as %25";
const ONE_HOST =
  "several hosts in one URL are not supported: name the address that leads to the primary, such as that of a proxy or a service";

/** Lone surrogates cannot be percent-encoded. */
const part = z.string().regex(/^\P{Surrogate}*$/u);
/** The form of the platform's public default configuration, for any special characters. */
const connection = z
  .strictObject({
    user: part.nullish(),
    password: part.nullish(),
    host: z.string().refine((host) => isIPv6(host) || /^[\w.-]+$/.test(host)),
    port: wholeNumber(1, 65_535).schema.nullish(),
    database: part.min(1),
  })
  .refine(({ user, password }) => isSet(user) || !isSet(password), { path: ["user"] });

/** The URL of a database, as libpq and node-postgres accept it, or a mapping of its parts. */
export const postgresUrl: ValueKind<string> = {
  expected: `a URL that starts with ${STARTS.join(" or ")}`,
  schema: z.union([
    z.string().refine((value) => isWithScheme(value) && troubleWith(value) === null),
    connection.transform(urlOf),
  ]),
  fromText: (text) => text,
  hint(value) {
    if (typeof value === "string") return isWithScheme(value) ? troubleWith(value) : null;
    return typeof value === "object" && !Array.isArray(value) ? troubleWithParts(value) : null;
  },
};

const isSet = (value: string | null | undefined): value is string =>
  value !== undefined && value !== null && value !== "";

function urlOf({ user, password, host, port, database }: z.infer<typeof connection>): string {
  const secret = isSet(password) ? `:${encodeURIComponent(password)}` : "";
  const credentials = isSet(user) ? `${encodeURIComponent(user)}${secret}@` : "";
  const address = `${isIPv6(host) ? `[${host}]` : host}${port === undefined || port === null ? "" : `:${port}`}`;
  return `postgres://${credentials}${address}/${encodeURIComponent(database)}`;
}

/** Names the parts that do not fit, without their values. */
function troubleWithParts(value: unknown): string {
  const issues = connection.safeParse(value).error?.issues ?? [];
  const wrong = issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : issue.path.map(String)));
  const rule =
    "a mapping has host and database, may have user, password and port, and takes text in quotes and nothing else";
  return `${rule}; wrong or missing: ${[...new Set(wrong)].join(", ")}`;
}

const isWithScheme = (value: string): boolean => STARTS.some((start) => value.toLowerCase().startsWith(start));

/** Describes the problem without showing the value, which contains a password. */
function troubleWith(value: string): string | null {
  const afterUser = value.slice(value.lastIndexOf("@") + 1).replace(/^[a-z]+:\/\//i, "");
  if (/^[^/?#]*,/.test(afterUser)) return ONE_HOST;
  if (!URL.canParse(value)) return ENCODE;
  const { username, password, host, pathname, search, hash } = new URL(value);
  if (host.includes(",")) return ONE_HOST;
  // Text after an unescaped / ? or # in the password is not parsed as part of it.
  if (hash !== "" || `${pathname}${search}`.includes("@")) return ENCODE;
  return isEncoded(username) && isEncoded(password) ? null : ENCODE;
}

function isEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
