import type { Actor } from "../../../kernel/permissions";
import { grantsOf, type RolePermissions } from "../domain/roles";
import type { AccountReader } from "./ports";

export interface KnownActor {
  readonly actor: Actor;
  /** Sessions that began before this have ended, as with an older password. */
  readonly sessionsFromMs: number;
}

export interface ActorSources {
  readonly accounts: AccountReader;
  readonly roles: RolePermissions;
  readonly serviceAccountsEnabled: boolean;
}

/** Null if the user is gone, or pending. */
export async function loadUser(
  { accounts, roles }: Omit<ActorSources, "serviceAccountsEnabled">,
  id: string,
): Promise<KnownActor | null> {
  const found = await accounts.userWithBindings(id);
  if (found === null) return null;
  const { user, bindings, sessionsFrom } = found;
  return {
    actor: {
      id: user.id,
      type: "USER",
      label: user.fullName ?? user.username,
      grants: grantsOf("USER", bindings, roles),
    },
    sessionsFromMs: sessionsFrom === null ? 0 : Date.parse(sessionsFrom),
  };
}

/** Null if the service account is gone or has another key, and where service accounts are switched off. */
export async function loadServiceAccount(
  { accounts, roles, serviceAccountsEnabled }: ActorSources,
  by: Parameters<AccountReader["serviceAccountWithBindings"]>[0],
): Promise<KnownActor | null> {
  if (!serviceAccountsEnabled) return null;
  const found = await accounts.serviceAccountWithBindings(by);
  if (found === null) return null;
  const { account, bindings } = found;
  const grants = grantsOf("SERVICE_ACCOUNT", bindings, roles);
  return { actor: { id: account.id, type: "SERVICE_ACCOUNT", label: account.label, grants }, sessionsFromMs: 0 };
}
