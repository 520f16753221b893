import { countedAddress } from "../../../kernel/counted-address";
import { DomainError, FeatureDisabled, TooManyAttempts } from "../../../kernel/errors";
import type { RefusalTrail } from "../../../kernel/audit-trail";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Actor } from "../../../kernel/permissions";
import { auditedUser, spelledAsStored, type User } from "../domain/accounts";
import type { HashQueue } from "./hash-queue";
import type { AccessReadModel, AccessTransaction, LoginLimiter, PasswordHasher, SessionTokens } from "./ports";

/** Wrong user name or wrong password: the message does not reveal which. */
export class WrongCredentials extends DomainError {
  readonly code = "UNAUTHENTICATED";

  constructor() {
    super("The user name or the password is wrong");
  }
}

export interface SignInCommand {
  readonly identity: string;
  readonly password: string;
  /** Where the attempt comes from: for the limit on attempts, and for the record. */
  readonly request: NonNullable<Actor["request"]>;
}

/** The password is right, but the account's email address is not confirmed. */
class AccountPending extends DomainError {
  readonly code = "ACCOUNT_PENDING";

  constructor() {
    super("The account waits until an administrator has confirmed its e-mail address");
  }
}

/** What the audit trail calls a caller who has not proven who they are. */
const NOBODY: Actor = { id: "nobody", type: "SYSTEM", label: "Not signed in", grants: [] };

/** Checks a password and gives out a session token. */
export class SignIn {
  constructor(
    private readonly deps: {
      readonly accounts: AccessReadModel;
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly passwords: PasswordHasher;
      readonly hashing: HashQueue;
      readonly tokens: SessionTokens;
      readonly limiter: LoginLimiter;
      readonly refusals: RefusalTrail;
      readonly localEnabled: boolean;
    },
  ) {}

  /**
   * @throws FeatureDisabled if signing in with a password is off
   * @throws TooManyAttempts after too many failures, or if too many passwords are being checked
   * @throws WrongCredentials
   * @throws AccountPending if the password is right
   */
  async execute(command: SignInCommand): Promise<{ user: User; token: string }> {
    const attempted: { userId: string | null } = { userId: null };
    try {
      return await this.signIn(command, attempted);
    } catch (error) {
      if (error instanceof WrongCredentials || error instanceof TooManyAttempts || error instanceof AccountPending)
        this.deps.refusals.note({
          actor: { ...NOBODY, request: command.request },
          action: "user.refuse_sign_in",
          object: { type: "user", id: attempted.userId, label: null },
          details: { reason: error.code },
        });
      throw error;
    }
  }

  private async signIn(
    { identity, password, request }: SignInCommand,
    attempted: { userId: string | null },
  ): Promise<{ user: User; token: string }> {
    const { accounts, passwords, hashing, tokens, limiter } = this.deps;
    if (!this.deps.localEnabled) throw new FeatureDisabled("astronomer.houston.config.auth.local.enabled");
    // No user name has a null character, and Postgres refuses it in texts.
    if (identity.includes("\0")) throw new WrongCredentials();
    const spelling = spelledAsStored(identity);
    // Before the password is read: one that replaces it from now on ends this session too.
    const provenAt = tokens.now();
    // All of it runs in the queue: an attempt that the queue refuses is not counted.
    const { credentials, attempt, right } = await hashing.run(countedAddress(request.address), async () => {
      const credentials = await accounts.credentialsOf(spelling);
      attempted.userId = credentials?.userId ?? null;
      // Name and address lead to one account, and are counted as one; unknown names are counted by their spelling.
      const account = credentials === null ? { unknownName: spelling } : { userId: credentials.userId };
      const attempt = await limiter.signIn(account, request.address);
      return { credentials, attempt, right: await passwords.verify(credentials?.passwordHash ?? null, password) };
    });
    if (right && credentials?.status === "pending") throw new AccountPending();
    const found = credentials === null || !right ? null : await accounts.userWithBindings(credentials.userId);
    if (found === null) throw new WrongCredentials();

    await attempt.succeeded();
    const { user } = found;
    const actor: Actor = { id: user.id, type: "USER", label: user.fullName ?? user.username, grants: [], request };
    await this.deps.unitOfWork.run(async ({ access, audit }) => {
      // A change that was under way when the password was read is committed by now.
      if (!(await access.holdPassword(user.id, credentials?.passwordHash ?? null))) throw new WrongCredentials();
      await audit.add({ actor, action: "user.sign_in", object: auditedUser(user) });
    });
    return { user, token: await tokens.issue(user.id, { provenAt }) };
  }
}
