import type { User } from "../../access/domain";
import type { Person } from "./person";
import type { SignOnRefusal } from "./refusals";

/** A person's id at an issuer, and the account that it opens; none after the account was removed. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** The provider's short name in the configuration. */
  readonly provider: string;
  readonly userId: string | null;
}

export interface MatchInput {
  readonly person: Person;
  /** The provider that the person comes from, and all that are switched on. */
  readonly provider: string;
  readonly providers: readonly string[];
  readonly identity: Identity | null;
  /** The account that the identity opens. */
  readonly account: User | null;
  /** Who has the person's address, whatever the identity says. */
  readonly atAddress: {
    readonly user: User;
    readonly verified: boolean;
    /** Whether the account's own holder has proven that the address is theirs. */
    readonly proven: boolean;
    readonly identities: readonly Identity[];
  } | null;
}

export type Match =
  | { readonly kind: "ENTER"; readonly user: User }
  | { readonly kind: "CONNECT"; readonly user: User; readonly keepsCredentials: boolean }
  | { readonly kind: "CREATE"; readonly email: string }
  | { readonly kind: "REFUSE"; readonly reason: SignOnRefusal };

const refuse = (reason: SignOnRefusal): Match => ({ kind: "REFUSE", reason });

/**
 * Which account a person gets.
 *
 * - A known identity opens its account, whatever address the provider reports now.
 * - A new identity is connected once to the account with its address: only if both the provider and we have confirmed
 *   the address, and only if no other identity opens that account. So neither a lax second provider nor a person who
 *   was given a former colleague's address gets into it.
 * - A pending account of the address, whoever made it, becomes the person's: nobody has used it yet.
 * - The account keeps its password and sessions only if its own holder has proven the address before. Until then they may
 *   be somebody else's, who made the account for that address.
 * - Without such an account a new one is created, unless the person's account was removed.
 */
export function matchAccount({ person, provider, providers, identity, account, atAddress }: MatchInput): Match {
  if (account !== null)
    return account.status === "active" ? { kind: "ENTER", user: account } : refuse("ACCOUNT_INACTIVE");
  if (person.email === null) return refuse(identity === null ? "NO_EMAIL" : "ACCOUNT_REMOVED");
  if (!person.emailVerified) return refuse("EMAIL_UNVERIFIED");
  if (atAddress === null)
    return identity === null ? { kind: "CREATE", email: person.email } : refuse("ACCOUNT_REMOVED");
  const isPending = atAddress.user.status === "pending";
  if (!atAddress.verified && !isPending) return refuse("ACCOUNT_UNCONFIRMED");
  const inUse = (one: Identity): boolean =>
    one.issuer === person.issuer || (one.provider !== provider && providers.includes(one.provider));
  return atAddress.identities.some(inUse)
    ? refuse("ACCOUNT_TAKEN")
    : { kind: "CONNECT", user: atAddress.user, keepsCredentials: atAddress.proven && !isPending };
}
