import type { AuditObject } from "../../../kernel/audit-entry";
import { InvalidInput } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import { checkLabel, isLine, readLine } from "../../../kernel/text";
import type { Role } from "./roles";

export interface User {
  readonly id: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly status: "active" | "pending";
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface Email {
  readonly address: string;
  /** Whether somebody has vouched for it: its owner by a proof, or an administrator. */
  readonly verified: boolean;
  readonly primary: boolean;
  /** When the account's own holder has proven that the address is theirs; null if only others have said so. */
  readonly provenAt: Instant | null;
}

export interface ServiceAccount {
  readonly id: string;
  readonly label: string;
  readonly category: string | null;
  /** The first characters of its API key; the rest is not stored. */
  readonly apiKeyStart: string;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
  readonly active: boolean;
  /** When its API key ends by itself; null for never. */
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  /** The network address of that use, as far as it was noted. */
  readonly lastUsedAddress: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Users who are granted roles together. */
export interface Team {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /**
   * Who says who its members are: `local` for this installation, else the short name of a provider of single sign-on.
   */
  readonly provider: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A role of exactly one of user, service account and Team. */
export interface RoleBinding {
  readonly id: string;
  readonly role: Role;
  readonly userId: string | null;
  readonly serviceAccountId: string | null;
  readonly teamId: string | null;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
}

/** A role of a user or a Team, and with it where the Deployment is that it holds on. */
export interface PlacedBinding extends RoleBinding {
  readonly deploymentWorkspaceId: string | null;
}

const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/;
const MAX_EMAIL = 255;

/** Returns one line of visible text. @throws InvalidInput */
export const checkUsername = (text: string, argument = "username"): string => checkLabel(text, argument);

/**
 * Requires a user name with an @ to be one of the user's own addresses: it would keep the owner of that address from
 * signing up.
 * @throws InvalidInput
 */
export function requireOwnAddress(username: string, addresses: readonly string[]): void {
  // NFKC turns characters that look like an @ into one.
  if (username.normalize("NFKC").includes("@") && !addresses.includes(username.toLowerCase()))
    throw new InvalidInput("username", "looks like an e-mail address, and is none of the user's own");
}

/** Returns one line of visible text; null if it is empty. @throws InvalidInput */
export const checkFullName = (text: string | null): string | null => readLine("fullName", text ?? "");

/**
 * Trimmed and in lower case, as addresses are compared.
 * @throws InvalidInput if it is no e-mail address
 */
export function checkEmail(text: string): string {
  const address = spelledAsStored(text);
  if (!EMAIL.test(address) || !isLine(address, MAX_EMAIL)) throw new InvalidInput("email", "is not an e-mail address");
  return address;
}

/** A user name or address as it is compared: trimmed, in lower case, and in NFC however it was composed. */
export const spelledAsStored = (text: string): string => text.trim().normalize("NFC").toLowerCase();

export const auditedUser = ({ id, username }: User): AuditObject & { readonly type: "user" } => ({
  type: "user",
  id,
  label: username,
});
