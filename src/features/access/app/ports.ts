import type { Email, PlacedBinding, RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { KnownTo } from "../domain/directory";
import type { BoundRole, HeldRole, Role } from "../domain/roles";
import type { Actor } from "../../../kernel/permissions";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Instant } from "../../../kernel/instant";
import type { UserSearch } from "../domain/user-search";
import type { AdminStores, TeamStores } from "./team-ports";

/** Callers as they are now, read inside a transaction. */
export interface CurrentActors {
  /**
   * The caller with the rights of this moment. A request can take long to arrive, or wait for a lock or for another
   * system; meanwhile its caller may have been removed, or have lost the role.
   * @throws Unauthenticated if the credentials have ended since the request began
   */
  current(actor: Actor): Promise<Actor>;
}

export interface AccessTransaction {
  readonly access: AccessStores;
  readonly teams: TeamStores;
  readonly admins: AdminStores;
  readonly actors: CurrentActors;
  readonly invitations: InvitationStores;
  readonly audit: AuditTrail;
}

export interface OpenInvitation {
  readonly userId: string;
  readonly expiresAt: Instant;
}

/** Invitations inside a transaction. A user has one at most. */
export interface InvitationStores {
  /** New, or in place of the one that the user had. */
  put(invitation: OpenInvitation & { readonly tokenHash: string }): Promise<void>;
  find(tokenHash: string): Promise<OpenInvitation | null>;
  /** False if there was none. */
  remove(userId: string): Promise<boolean>;
}

/** One Workspace, or one Deployment. */
export type Place = { readonly workspaceId: string } | { readonly deploymentId: string };

/** Accounts and role bindings inside a transaction. */
export interface AccessStores {
  /** Holds off every other creation of a user until the transaction ends. */
  lockUserCreation(): Promise<void>;
  hasUsers(): Promise<boolean>;
  /** @throws Conflict if another user signs in by the user name or address already */
  addUser(
    user: User & { passwordHash: string | null },
    email: Pick<Email, "address" | "verified"> & Partial<Pick<Email, "provenAt">>,
  ): Promise<void>;
  findUserByEmail(address: string): Promise<User | null>;
  /** Null also for a user who is not among those; one statement, which takes as long for nobody as for a stranger. */
  findKnownUserByEmail(address: string, knownTo: KnownTo): Promise<User | null>;
  findUser(id: string): Promise<User | null>;
  /** Keeps other changes of the account, and its removal, waiting until the transaction ends. */
  lockUser(id: string): Promise<User | null>;
  /** User name, full name and status. @throws Conflict if another user signs in by the user name already */
  updateUser(user: User): Promise<void>;
  /** With addresses, roles and memberships; what it did keeps its name. */
  removeUser(id: string): Promise<void>;
  emailsOf(userId: string): Promise<Email[]>;
  markEmailVerified(address: string): Promise<void>;
  /** Verified, and by the account's own holder. */
  markEmailProven(address: string, at: Instant): Promise<void>;
  /**
   * Ends every session that began before. False, and nothing done, if the password is no longer the one that it
   * replaces.
   */
  setPassword(userId: string, password: NewPassword): Promise<boolean>;
  /**
   * Whether that is still the hash of the user's password. Keeps changes of the account waiting until the transaction
   * ends.
   */
  holdPassword(userId: string, hash: string | null): Promise<boolean>;
  /** How many of the ids are users'. */
  countUsers(ids: readonly string[]): Promise<number>;
  findEmail(address: string): Promise<(Email & { readonly userId: string }) | null>;
  setFullName(userId: string, fullName: string): Promise<void>;

  /** Sets the role of the user there, new or in place of the one that it had. */
  bindUser(userId: string, bound: BoundRole): Promise<RoleBinding>;
  unbindUser(userId: string, place: Place): Promise<boolean>;
  /** Returns the removed role; null if the user had none on the system directly. */
  unbindUserFromSystem(userId: string): Promise<RoleBinding | null>;
  unbindUserFromDeploymentsOf(userId: string, scope: { workspaceId: string }): Promise<void>;
  findUserBinding(userId: string, place: Place): Promise<RoleBinding | null>;

  /** By roles of their own, Teams aside. */
  countAdministeredWorkspaces(userId: string): Promise<number>;

  /** How many the place has; holds off every other creation there until the transaction ends. */
  countServiceAccountsForUpdate(place: Pick<ServiceAccount, "workspaceId" | "deploymentId">): Promise<number>;
  addServiceAccount(account: ServiceAccount & { apiKeyHash: string }, bound: BoundRole): Promise<void>;
  /** Keeps other changes of it waiting until the transaction ends. */
  lockServiceAccount(id: string): Promise<ServiceAccount | null>;
  /** Label and category. */
  updateServiceAccount(account: ServiceAccount): Promise<void>;
  /** In place of the one that it has. */
  setServiceAccountRole(id: string, role: Role): Promise<void>;
  removeServiceAccount(id: string): Promise<void>;
  /** Everything that was granted on a Deployment, and its service accounts. */
  forgetDeployment(deploymentId: string): Promise<void>;
}

export interface NewPassword {
  /** Null takes the password away. */
  readonly hash: string | null;
  /** The hash that it replaces; undefined for whichever it is. */
  readonly from?: string;
  readonly sessionsFrom: Instant;
}

export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string | null;
  readonly status: User["status"];
}

export interface UserWithBindings {
  readonly user: User;
  readonly bindings: HeldRole[];
  /** Sessions that began before this have ended. */
  readonly sessionsFrom: Instant | null;
  /** Whether the user has signed out of the session that was asked for. */
  readonly sessionEnded: boolean;
}

export type AccountOfKey = Pick<ServiceAccount, "id" | "label" | "expiresAt" | "createdAt">;

/** Accounts with the roles that make up their rights. */
export interface AccountReader {
  /** With the roles of the user's Teams. Null where the account is gone, or pending and so cannot act. */
  userWithBindings(id: string, sessionId?: string | null): Promise<UserWithBindings | null>;
  serviceAccountWithBindings(
    by: { readonly apiKeyHash: string } | { readonly id: string },
  ): Promise<{ account: AccountOfKey; bindings: HeldRole[] } | null>;
}

/** Reads outside of transactions. */
export interface AccessReadModel extends AccountReader {
  /** By user name or e-mail address, in lower case. */
  credentialsOf(identity: string): Promise<Credentials | null>;
  credentialsOfUser(id: string): Promise<Credentials | null>;
  /** Notes a use of the key, to the minute. @param address null where it is not known */
  touchServiceAccount(id: string, use: { readonly at: Instant; readonly address: string | null }): Promise<void>;
  hasUsers(): Promise<boolean>;
  usersByIds(ids: readonly string[]): Promise<User[]>;
  /** Those who match, of all or of those with a role of their own there; by user name. */
  searchUsers(search: UserSearch, on?: Place): Promise<User[]>;
  serviceAccountsByIds(ids: readonly string[]): Promise<ServiceAccount[]>;
  emailsOf(userIds: readonly string[]): Promise<(Email & { userId: string })[]>;
  bindingsOfUsers(userIds: readonly string[]): Promise<PlacedBinding[]>;
  /** Those of the users who are known. */
  knownUsers(userIds: readonly string[], knownTo: KnownTo): Promise<string[]>;
  bindingsOn(scope: BindingScope): Promise<RoleBinding[]>;
  usersOfWorkspaces(workspaceIds: readonly string[]): Promise<(User & { workspaceId: string })[]>;
  /** Users with a role of their own in the Workspace, by user name, then id. */
  pageOfWorkspaceUsers(page: WorkspaceUserPage): Promise<User[]>;
  serviceAccounts(scope: BindingScope | "system"): Promise<ServiceAccount[]>;
}

export interface WorkspaceUserPage {
  readonly workspaceId: string;
  /** The user to go on from, left out itself; null for the beginning, or for the end when reading backwards. */
  readonly cursor: string | null;
  /** Below 0 reads backwards, and answers in list order all the same. */
  readonly take: number;
}

export type BindingScope = { readonly workspaceIds: readonly string[] } | { readonly deploymentIds: readonly string[] };

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** False for a null hash too, after the same time. */
  verify(hash: string | null, password: string): Promise<boolean>;
}

/** Sessions that their users have signed out of, inside a transaction. */
export interface EndedSessions {
  /** False, and nothing done, if the session had ended before. */
  add(session: { readonly id: string; readonly expiresAt: Instant }): Promise<boolean>;
}

export interface VerifiedSession {
  readonly userId: string;
  /** Null for a token without an id, which can only expire. */
  readonly sessionId: string | null;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export interface SessionTokens {
  /**
   * Lasts as long as the configuration says, but not beyond `notAfterMs`.
   * @param dates `provenAt` is when the user's proof was looked at first, now by default: a change of the credentials
   * that comes after it ends the session
   */
  issue(
    userId: string,
    dates?: { readonly provenAt?: Instant | undefined; readonly notAfterMs?: number | undefined },
  ): Promise<string>;
  /** The user's id, or why the token proves nothing. */
  verify(token: string): Promise<VerifiedSession | "EXPIRED" | "INVALID">;
  /** By the clock that tokens are dated with. */
  now(): Instant;
}

/** An account that there is, or a name that none has. */
export type AttemptedAccount = { readonly userId: string } | { readonly unknownName: string };

/** An attempt that counts as failed until it has succeeded. */
export interface LoginAttempt {
  succeeded(): Promise<void>;
}

export interface LoginLimiter {
  /** @throws TooManyAttempts, also where the password would be right; the attempt does not count then */
  signIn(account: AttemptedAccount, address: string): Promise<LoginAttempt>;
  /** For whoever is signed in and proves the password once more. @throws TooManyAttempts */
  inSession(sessionKey: string): Promise<LoginAttempt>;
}

export interface SignUpLimiter {
  /** Counts a sign-up without an invitation. @throws TooManyAttempts */
  signUp(address: string): Promise<void>;
}
