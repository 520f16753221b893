import type { Actor, Credentials } from "../../../kernel/permissions";
import { Unauthenticated } from "../../../kernel/errors";
import { toInstant } from "../../../kernel/instant";
import { keyExpiry, type MaxKeyAgeDays } from "../domain/api-keys";
import { grantsOf, type RolePermissions } from "../domain/roles";
import type { AccountReader } from "./ports";

export interface KnownActor {
  readonly actor: Actor;
  /** Sessions that began before this have ended, as with an older password. */
  readonly sessionsFromMs: number;
  /** Whether the user has signed out of the session that the actor was loaded for. */
  readonly sessionEnded: boolean;
  /** When the API key ends by itself; Infinity for never, and for users. */
  readonly keyExpiresAtMs: number;
}

export interface ActorSources {
  readonly accounts: AccountReader;
  readonly roles: RolePermissions;
  readonly serviceAccountsEnabled: boolean;
  readonly maxKeyAgeDays: MaxKeyAgeDays;
}

/** Whether the session that the credentials belong to has ended before its time. */
export const hasEnded = (
  { sessionsFromMs, sessionEnded }: KnownActor,
  credentials: Credentials & { readonly kind: "SESSION" },
): boolean => sessionEnded || credentials.issuedAtMs < sessionsFromMs;

/** @throws Unauthenticated if the API key has ended by itself */
export function requireLivingKey({ keyExpiresAtMs }: KnownActor, nowMs: number): void {
  if (keyExpiresAtMs <= nowMs)
    throw new Unauthenticated(
      "EXPIRED",
      `The API key of this service account has expired, on ${toInstant(keyExpiresAtMs)}; create a new service account`,
    );
}

/** Null if the user is gone, or pending. */
export async function loadUser(
  { accounts, roles }: Pick<ActorSources, "accounts" | "roles">,
  id: string,
  sessionId: string | null,
): Promise<KnownActor | null> {
  const found = await accounts.userWithBindings(id, sessionId);
  if (found === null) return null;
  const { user, bindings, sessionsFrom, sessionEnded } = found;
  return {
    actor: {
      id: user.id,
      type: "USER",
      label: user.fullName ?? user.username,
      grants: grantsOf("USER", bindings, roles),
    },
    sessionsFromMs: sessionsFrom === null ? 0 : Date.parse(sessionsFrom),
    sessionEnded,
    keyExpiresAtMs: Infinity,
  };
}

/** Null if the service account is gone or has another key, and where service accounts are switched off. */
export async function loadServiceAccount(
  { accounts, roles, serviceAccountsEnabled, maxKeyAgeDays }: ActorSources,
  by: Parameters<AccountReader["serviceAccountWithBindings"]>[0],
): Promise<KnownActor | null> {
  if (!serviceAccountsEnabled) return null;
  const found = await accounts.serviceAccountWithBindings(by);
  if (found === null) return null;
  const { account, bindings } = found;
  const grants = grantsOf("SERVICE_ACCOUNT", bindings, roles);
  const actor: Actor = { id: account.id, type: "SERVICE_ACCOUNT", label: account.label, grants };
  const expiresAt = keyExpiry(account, maxKeyAgeDays);
  const keyExpiresAtMs = expiresAt === null ? Infinity : Date.parse(expiresAt);
  return { actor, sessionsFromMs: 0, sessionEnded: false, keyExpiresAtMs };
}
