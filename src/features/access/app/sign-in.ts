import { DomainError, FeatureDisabled } from "../../../shared/domain/errors";
import type { User } from "../domain/accounts";
import type { AccessReadModel, LoginLimiter, PasswordHasher, SessionTokens } from "./ports";

/** Wrong user name or wrong password: nobody is told which. */
export class WrongCredentials extends DomainError {
  readonly code = "UNAUTHENTICATED";

  constructor() {
    super("The user name or the password is wrong");
  }
}

export interface SignInCommand {
  readonly identity: string;
  readonly password: string;
  /** Where the attempt comes from, for the limit on attempts. */
  readonly address: string;
}

/** Checks a password and gives out a session token. */
export class SignIn {
  constructor(
    private readonly deps: {
      readonly accounts: AccessReadModel;
      readonly passwords: PasswordHasher;
      readonly tokens: SessionTokens;
      readonly limiter: LoginLimiter;
      readonly localEnabled: boolean;
    },
  ) {}

  /**
   * @throws FeatureDisabled if signing in with a password is off
   * @throws TooManyAttempts for the account or the address
   * @throws WrongCredentials
   */
  async execute({ identity, password, address }: SignInCommand): Promise<{ user: User; token: string }> {
    const { accounts, passwords, tokens, limiter } = this.deps;
    if (!this.deps.localEnabled) throw new FeatureDisabled("astronomer.houston.config.auth.local.enabled");
    const spelling = identity.trim().toLowerCase();
    const credentials = await accounts.credentialsOf(spelling);
    // Name and address lead to one account, and are counted as one; names that nobody has are counted alike.
    const account = credentials?.userId ?? spelling;
    await limiter.attempt(account, address);

    const right = await passwords.verify(credentials?.passwordHash ?? null, password);
    const found = credentials === null || !right ? null : await accounts.userWithBindings(credentials.userId);
    if (found === null) throw new WrongCredentials();

    await limiter.succeeded(account, address);
    return { user: found.user, token: await tokens.issue(found.user.id) };
  }
}
