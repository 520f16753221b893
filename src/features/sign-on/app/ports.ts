import type { AccessStores, AdminStores, InvitationStores, TeamStores } from "../../access";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Identity } from "../domain/match-account";
import type { Person } from "../domain/person";

export interface SignOnTransaction {
  readonly access: AccessStores;
  readonly teams: TeamStores;
  readonly admins: AdminStores;
  readonly identities: IdentityStore;
  readonly invitations: Pick<InvitationStores, "remove">;
  readonly audit: AuditTrail;
}

/** Identities inside a transaction. */
export interface IdentityStore {
  find(issuer: string, subject: string): Promise<Identity | null>;
  ofUser(userId: string): Promise<Identity[]>;
  /** New, or in place of what the issuer's subject opened before. */
  connect(identity: Identity & { readonly userId: string }): Promise<void>;
}

/** What has to be remembered between leaving for the provider and coming back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** One identity provider, spoken to in its protocol. */
export interface IdentityProvider {
  readonly name: string;
  /** @throws Unavailable if the provider cannot be reached */
  begin(): Promise<{ readonly url: URL; readonly attempt: Attempt }>;
  /**
   * Who came back to that address of ours.
   * @throws SignOnRefused if the provider refuses, or its answer proves nothing
   * @throws Unavailable if the provider cannot be reached
   */
  finish(returnedTo: URL, attempt: Attempt): Promise<Person>;
}

/** Keeps what only this installation may read, and only for a while, in other people's hands. */
export interface SealedValues {
  seal(value: Readonly<Record<string, string | boolean>>, lastsMs: number): Promise<string>;
  /** Null for what is forged, foreign or expired. */
  open(sealed: string): Promise<Readonly<Record<string, unknown>> | null>;
}
