import type { AuditObject } from "../../../kernel/audit-entry";
import { InvalidInput } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
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
  readonly verified: boolean;
  readonly primary: boolean;
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
  readonly lastUsedAt: Instant | null;
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

/** Argon2 reads at most this much sense out of a password; longer ones only cost time. */
const PASSWORD_LENGTH = { least: 8, most: 128 };
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/;

const MAX_NAME = 190;

/** @throws InvalidInput if the password is too short or too long */
export function checkPassword(password: string, argument = "password"): string {
  if (password.length < PASSWORD_LENGTH.least || password.length > PASSWORD_LENGTH.most) {
    throw new InvalidInput(argument, `has to have ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters`);
  }
  return password;
}

/**
 * Trimmed.
 * @throws InvalidInput if nothing is left, or too much
 */
export function checkUsername(text: string, argument = "username"): string {
  const username = text.trim();
  if (username === "" || username.length > MAX_NAME)
    throw new InvalidInput(argument, `has to have 1 to ${MAX_NAME} characters`);
  return username;
}

/**
 * Trimmed; null if nothing is left.
 * @throws InvalidInput if it is too long
 */
export function checkFullName(text: string | null): string | null {
  const fullName = (text ?? "").trim();
  if (fullName.length > MAX_NAME) throw new InvalidInput("fullName", `has at most ${MAX_NAME} characters`);
  return fullName || null;
}

/**
 * Trimmed and in lower case, as addresses are compared.
 * @throws InvalidInput if it is no e-mail address
 */
export function checkEmail(text: string): string {
  const address = text.trim().toLowerCase();
  if (!EMAIL.test(address)) throw new InvalidInput("email", "is not an e-mail address");
  return address;
}

export const auditedUser = ({ id, username }: User): AuditObject & { readonly type: "user" } => ({
  type: "user",
  id,
  label: username,
});
