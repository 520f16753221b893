import { cleanLine, isLine } from "../../../kernel/text";

/** Who signs in, as a provider says and the protocol has proven. Texts are clean and bounded. */
export interface Person {
  readonly issuer: string;
  /** What the issuer knows the person by, for good. */
  readonly subject: string;
  /** In lower case; null where there is none, or none that could be one. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly fullName: string | null;
  /** Null where the provider does not tell, which is not the same as being in none. */
  readonly groups: readonly string[] | null;
}

export type Claims = Readonly<Record<string, unknown>>;

/** How a provider names its claims, and what it can be trusted with. */
export interface ClaimRules {
  readonly claims: {
    readonly email?: string | undefined;
    readonly name?: string | undefined;
    readonly groups?: string | undefined;
  };
  /** Whether an address counts as verified of which nothing is said. */
  readonly assumeEmailVerified: boolean;
}

/** OpenID Connect Core 1.0 §2: a subject has at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,125}$/;

/** Null if the claims identify no person. `userInfo` adds claims that the id token lacks. */
export function personOf(issuer: string, idToken: Claims, userInfo: Claims, rules: ClaimRules): Person | null {
  const claims = { ...userInfo, ...idToken };
  const subject = claims["sub"];
  if (typeof subject !== "string" || !SUBJECT.test(subject)) return null;
  const email = emailOf(claims[rules.claims.email ?? "email"]);
  return {
    issuer,
    subject,
    email,
    emailVerified: email !== null && isVerified(email, [idToken, userInfo], rules),
    fullName: nameOf(claims, rules.claims.name),
    groups: groupsOf(claims, rules.claims.groups ?? "groups"),
  };
}

/** Whether the person is told in full, so that the provider need not be asked for more. */
export function saysEnough(idToken: Claims, rules: ClaimRules, { groups }: { readonly groups: boolean }): boolean {
  const email = rules.claims.email ?? "email";
  const needed = [email, rules.claims.name ?? "name", ...(groups ? [rules.claims.groups ?? "groups"] : [])];
  return needed.every((claim) => claim in idToken) && (rules.assumeEmailVerified || "email_verified" in idToken);
}

function emailOf(claim: unknown): string | null {
  const address = typeof claim === "string" ? claim.trim().normalize("NFC").toLowerCase() : "";
  return EMAIL.test(address) && isLine(address) ? address : null;
}

/**
 * What is said of another address, in the other set of claims or in the standard's own claim, says nothing of this one.
 */
function isVerified(
  email: string,
  told: readonly Claims[],
  { claims: { email: name = "email" }, assumeEmailVerified }: ClaimRules,
): boolean {
  // OpenID Connect Core 1.0 §5.1: `email_verified` tells of `email`, whichever claim we were told to take the address
  // from.
  const isOfAnother = name !== "email" && told.some((one) => "email" in one && emailOf(one["email"]) !== email);
  const said = (isOfAnother ? [] : told)
    .filter((one) => emailOf(one[name]) === email || !(name in one))
    .map((one) => one["email_verified"])
    .filter((verified) => verified !== undefined);
  // Some providers write the boolean as a text.
  return said.length === 0 ? assumeEmailVerified : said.every((verified) => verified === true || verified === "true");
}

function nameOf(claims: Claims, mapped: string | undefined): string | null {
  const whole = claims[mapped ?? "name"];
  const parts = [claims["given_name"], claims["family_name"]].filter((part) => typeof part === "string");
  return (typeof whole === "string" ? cleanLine(whole) : null) ?? cleanLine(parts.join(" "));
}

/** A directory with too many groups to fit says so instead (Microsoft's “groups overage claim”). */
function groupsOf(claims: Claims, name: string): string[] | null {
  const claim = claims[name];
  if (claim === undefined && isElsewhere(claims, name)) return null;
  const given: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const groups = given
    .filter((group): group is string => typeof group === "string" && isGroupName(group))
    .map((group) => group.trim().normalize("NFC"));
  return [...new Set(groups)];
}

function isElsewhere(claims: Claims, name: string): boolean {
  const elsewhere = claims["_claim_names"];
  return claims["hasgroups"] === true || (typeof elsewhere === "object" && elsewhere !== null && name in elsewhere);
}

/** Two groups whose names were cut could become one Team, so names that are too long are none. */
const isGroupName = (group: string): boolean => isLine(group);
