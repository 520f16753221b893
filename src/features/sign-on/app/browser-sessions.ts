import type { AccessReadModel, Sessions, SessionTokens, User } from "../../access";
import { Unauthenticated } from "../../../kernel/errors";

export interface SessionToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface BrowserSession {
  readonly user: User;
  /** The user's first address, where there is one. */
  readonly email: string | null;
  readonly expiresAtMs: number;
}

/**
 * Sessions of browsers on our own pages. A browser keeps a session token of its own, and people are given
 * others to take away; those end when the browser's does, so that in any case people sign in anew, and are
 * looked up at their provider, as often as the configuration says.
 */
export class BrowserSessions {
  constructor(
    private readonly deps: {
      readonly tokens: SessionTokens;
      readonly sessions: Sessions;
      readonly accounts: AccessReadModel;
    },
  ) {}

  async begin(userId: string): Promise<SessionToken> {
    return this.issue(userId);
  }

  /** Null if the token is invalid, or its user is gone. */
  async find(token: string | undefined): Promise<BrowserSession | null> {
    const checked = await this.deps.tokens.verify(token ?? "");
    if (typeof checked === "string" || !(await this.isOpen(token))) return null;
    const [user] = await this.deps.accounts.usersByIds([checked.userId]);
    if (user === undefined) return null;
    const emails = await this.deps.accounts.emailsOf([user.id]);
    const email = emails.find(({ primary }) => primary) ?? emails[0];
    return { user, email: email?.address ?? null, expiresAtMs: checked.expiresAtMs };
  }

  /** As the API sees it, which knows of more than signatures and times. */
  private async isOpen(token: string | undefined): Promise<boolean> {
    try {
      await this.deps.sessions.actorOf(token, { fresh: true });
      return true;
    } catch (error) {
      if (error instanceof Unauthenticated) return false;
      throw error;
    }
  }

  /** A fresh token to take away. */
  tokenFor({ user, expiresAtMs }: BrowserSession): Promise<SessionToken> {
    return this.issue(user.id, expiresAtMs);
  }

  private async issue(userId: string, notAfterMs?: number): Promise<SessionToken> {
    const value = await this.deps.tokens.issue(userId, notAfterMs === undefined ? {} : { notAfterMs });
    const checked = await this.deps.tokens.verify(value);
    if (typeof checked === "string") throw new Error(`a token that was just issued is ${checked}`);
    return { value, expiresAtMs: checked.expiresAtMs };
  }
}
