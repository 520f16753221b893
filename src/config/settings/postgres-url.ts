import { z } from "zod";
import type { ValueKind } from "./value-kinds";

const SCHEMES = ["postgres", "postgresql"];
const STARTS = SCHEMES.map((scheme) => `${scheme}://`);

const ENCODE =
  "special characters of the user name and the password have to be percent-encoded, such as @ as %40, : as %3A, / as %2F, # as %23, ? as %3F and % as %25";
const ONE_HOST =
  "several hosts in one URL are not supported: name the address that leads to the primary, such as that of a proxy or a service";

/** The URL of a database, as libpq and node-postgres accept it. */
export const postgresUrl: ValueKind<string> = {
  expected: `a URL that starts with ${STARTS.join(" or ")}`,
  schema: z.string().refine((value) => isWithScheme(value) && troubleWith(value) === null),
  fromText: (text) => text,
  hint: (value) => (typeof value === "string" && isWithScheme(value) ? troubleWith(value) : null),
};

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
