import { isId, isSameId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, FeatureDisabled, Forbidden, InvalidInput, NotFound } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { auditedUser, spelledAsStored, type User } from "../domain/accounts";
import { requireAllGrantable } from "../domain/granting";
import { checkPassword, requireNoName } from "../domain/passwords";
import type { RolePermissions } from "../domain/roles";
import type { HashQueue } from "./hash-queue";
import type { AccessReadModel, AccessTransaction, LoginLimiter, PasswordHasher, SessionTokens } from "./ports";

export interface ChangePasswordCommand {
  readonly actor: Actor;
  readonly currentPassword: string;
  readonly newPassword: string;
}

export interface SetPasswordCommand {
  readonly actor: Actor;
  readonly userId: string;
  readonly password: string;
}

export interface ResetPasswordCommand {
  readonly actor: Actor;
  /** User name or address. */
  readonly identity: string;
  readonly password: string;
}

/** New passwords. Each ends all sessions that the user had until then, on every replica. */
export class Passwords {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly accounts: AccessReadModel;
      readonly passwords: PasswordHasher;
      readonly hashing: HashQueue;
      readonly tokens: SessionTokens;
      readonly limiter: LoginLimiter;
      readonly roles: RolePermissions;
      readonly localEnabled: boolean;
    },
  ) {}

  /**
   * One's own. Failed attempts count for the session, and slow nobody else down; the answer holds the token of a new session.
   * @throws FeatureDisabled if signing in with a password is off
   * @throws Forbidden to service accounts
   * @throws InvalidInput if the current password is wrong, or the new one is too short, too long, too common, a name of the user, or the same
   * @throws TooManyAttempts
   * @throws Conflict if the password was changed at this moment
   */
  async change({ actor, currentPassword, newPassword }: ChangePasswordCommand): Promise<{ user: User; token: string }> {
    const { accounts, passwords, hashing, limiter, tokens, unitOfWork } = this.deps;
    this.requireLocal();
    if (actor.type !== "USER") throw new Forbidden();
    checkPassword(newPassword, "newPassword");
    const from = (await accounts.credentialsOfUser(actor.id))?.passwordHash ?? null;
    const { attempt, right } = await hashing.run(actor.id, async () => {
      const attempt = await limiter.inSession(sessionKeyOf(actor));
      return { attempt, right: await passwords.verify(from, currentPassword) };
    });
    if (!right || from === null) throw new InvalidInput("currentPassword", "is not the password of this account");
    await attempt.succeeded();
    if (newPassword === currentPassword)
      throw new InvalidInput("newPassword", "is the password that the account has already");
    requireNoName(newPassword, await this.namesOf(actor.id), "newPassword");

    const hash = await hashing.run(actor.id, () => passwords.hash(newPassword));
    const { user, provenAt } = await unitOfWork.run(async ({ access, audit }) => {
      const locked = await access.lockUser(actor.id);
      if (locked === null) throw new NotFound("User");
      const now = tokens.now();
      if (!(await access.setPassword(locked.id, { hash, from, sessionsFrom: now }))) {
        throw new Conflict("The password was changed at this moment by somebody else");
      }
      await audit.add({ actor, action: "user.change_password", object: auditedUser(locked) });
      return { user: locked, provenAt: now };
    });
    return { user, token: await tokens.issue(user.id, { provenAt }) };
  }

  /**
   * Sets another user's password, e.g. after it was forgotten, or for a user who has only signed in through a provider.
   * @throws FeatureDisabled if signing in with a password is off
   * @throws Forbidden without system.iam.update, or if the user may do what the actor may not
   * @throws InvalidInput for oneself, and if the password is too short, too long, too common, or a name of the user
   * @throws NotFound
   */
  async set({ userId, password, ...command }: SetPasswordCommand): Promise<User> {
    this.requireLocal();
    requirePermission(command.actor, "system.iam.update", SYSTEM_SCOPE);
    if (isSameId(userId, command.actor.id))
      throw new InvalidInput("userUuid", "is your own account: changePassword asks for the current password first");
    checkPassword(password);
    if (!isId(userId)) throw new NotFound("User");
    requireNoName(password, await this.namesOf(userId));
    const hash = await this.deps.hashing.run(command.actor.id, () => this.deps.passwords.hash(password));
    return this.deps.unitOfWork.run(async (tx) => {
      const { access, admins, actors } = tx;
      const user = await access.lockUser(userId);
      // Hashing may have waited its turn.
      const actor = await actors.current(command.actor);
      requirePermission(actor, "system.iam.update", SYSTEM_SCOPE);
      if (user === null) throw new NotFound("User");
      // Who knows the password can act as the user.
      requireAllGrantable(actor, await admins.rolesOf({ userId: user.id }), this.deps.roles);
      return this.replace(tx, { actor, user, hash });
    });
  }

  /**
   * Sets the password of the user who signs in by that name or address, for whoever runs the machine and need not be a user.
   * @throws FeatureDisabled, InvalidInput as `set`
   * @throws NotFound
   */
  async reset({ actor, identity, password }: ResetPasswordCommand): Promise<User> {
    this.requireLocal();
    checkPassword(password);
    const found = identity.includes("\0") ? null : await this.deps.accounts.credentialsOf(spelledAsStored(identity));
    if (found === null) throw new NotFound("User");
    requireNoName(password, await this.namesOf(found.userId));
    const hash = await this.deps.passwords.hash(password);
    return this.deps.unitOfWork.run(async (tx) => {
      const user = await tx.access.lockUser(found.userId);
      if (user === null) throw new NotFound("User");
      return this.replace(tx, { actor, user, hash });
    });
  }

  private async replace(
    { access, invitations, audit }: AccessTransaction,
    { actor, user, hash }: { readonly actor: Actor; readonly user: User; readonly hash: string },
  ): Promise<User> {
    await access.setPassword(user.id, { hash, sessionsFrom: this.deps.tokens.now() });
    await invitations.remove(user.id);
    await audit.add({ actor, action: "user.set_password", object: auditedUser(user) });
    return user;
  }

  private async namesOf(userId: string): Promise<(string | null)[]> {
    const { accounts } = this.deps;
    const [users, emails] = [await accounts.usersByIds([userId]), await accounts.emailsOf([userId])];
    return [
      ...users.flatMap(({ username, fullName }) => [username, fullName]),
      ...emails.map((email) => email.address),
    ];
  }

  private requireLocal(): void {
    if (!this.deps.localEnabled) throw new FeatureDisabled("astronomer.houston.config.auth.local.enabled");
  }
}

/** Tokens without an id share a counter. */
const sessionKeyOf = ({ id, credentials }: Actor): string =>
  (credentials?.kind === "SESSION" ? credentials.sessionId : null) ?? `of ${id}`;
