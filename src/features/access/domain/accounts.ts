import { InvalidInput } from "../../../shared/domain/errors";
import type { Instant } from "../../../shared/domain/instant";
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
  /** The first characters of its API key; the rest is known to nobody but its holder. */
  readonly apiKeyStart: string;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
  readonly active: boolean;
  readonly lastUsedAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface RoleBinding {
  readonly id: string;
  readonly role: Role;
  readonly userId: string | null;
  readonly serviceAccountId: string | null;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
}

/** Argon2 reads at most this much sense out of a password; longer ones only cost time. */
const PASSWORD_LENGTH = { least: 8, most: 128 };
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/;

/** @throws InvalidInput if the password is too short or too long */
export function checkPassword(password: string): string {
  if (password.length < PASSWORD_LENGTH.least || password.length > PASSWORD_LENGTH.most) {
    throw new InvalidInput("password", `has to have ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters`);
  }
  return password;
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
