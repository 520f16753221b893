import type { Email, RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { BoundRole, Role } from "../domain/roles";
import type { Instant } from "../../../shared/domain/instant";


/** Accounts and role bindings inside a transaction. */
export interface AccessStores {
  /** Holds off every other creation of a user until the transaction ends. */
  lockUserCreation(): Promise<void>;
  hasUsers(): Promise<boolean>;
  /** @throws Conflict if the user name or address is taken */
  addUser(user: User & { passwordHash: string | null }, address: string): Promise<void>;
  findUserByEmail(address: string): Promise<User | null>;
  findUser(id: string): Promise<User | null>;

  /** Sets the role of the user there, new or in place of the one that it had. */
  bindUser(userId: string, bound: BoundRole): Promise<RoleBinding>;
  unbindUser(userId: string, scope: { workspaceId: string }): Promise<boolean>;
  unbindUserFromDeploymentsOf(userId: string, scope: { workspaceId: string }): Promise<void>;
  findUserBinding(userId: string, scope: { workspaceId: string }): Promise<RoleBinding | null>;
  countUserBindings(role: Role, scope: { workspaceId: string }): Promise<number>;

  addServiceAccount(account: ServiceAccount & { apiKeyHash: string }, bound: BoundRole): Promise<void>;
  findServiceAccount(id: string): Promise<ServiceAccount | null>;
  removeServiceAccount(id: string): Promise<void>;
  /** Everything that was granted on a Deployment, and its service accounts. */
  forgetDeployment(deploymentId: string): Promise<void>;
}

export interface Credentials {
  readonly userId: string;
  readonly passwordHash: string | null;
}

/** Reads outside of transactions. */
export interface AccessReadModel {
  credentialsOf(identity: string): Promise<Credentials | null>;
  /** Null where the account is gone or switched off. */
  userWithBindings(id: string): Promise<{ user: User; bindings: BoundRole[] } | null>;
  serviceAccountWithBindings(apiKeyHash: string): Promise<{ account: Pick<ServiceAccount, "id" | "label">; bindings: BoundRole[] } | null>;
  touchServiceAccount(id: string, usedAt: Instant): Promise<void>;
  hasUsers(): Promise<boolean>;
  usersByIds(ids: readonly string[]): Promise<User[]>;
  serviceAccountsByIds(ids: readonly string[]): Promise<ServiceAccount[]>;
  emailsOf(userIds: readonly string[]): Promise<(Email & { userId: string })[]>;
  bindingsOfUsers(userIds: readonly string[]): Promise<RoleBinding[]>;
  bindingsOn(scope: BindingScope): Promise<RoleBinding[]>;
  usersOfWorkspaces(workspaceIds: readonly string[]): Promise<(User & { workspaceId: string })[]>;
  serviceAccounts(scope: BindingScope | "system"): Promise<ServiceAccount[]>;
}

export type BindingScope =
  | { readonly workspaceIds: readonly string[] }
  | { readonly deploymentIds: readonly string[] };

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** False for a null hash too, after the same time. */
  verify(hash: string | null, password: string): Promise<boolean>;
}

export interface SessionTokens {
  issue(userId: string): Promise<string>;
  /** The user's id, or why the token proves nothing. */
  verify(token: string): Promise<{ userId: string; expiresAtMs: number } | "EXPIRED" | "INVALID">;
}

export interface LoginLimiter {
  /** Counts an attempt. @throws TooManyAttempts, also where the password would be right */
  attempt(account: string, address: string): Promise<void>;
  succeeded(account: string, address: string): Promise<void>;
}
