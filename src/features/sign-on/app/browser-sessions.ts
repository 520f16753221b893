import type { AccessReadModel, Sessions, SessionTokens, User } from "../../access";
import { Unauthenticated } from "../../../kernel/errors";
import { toInstant, type Instant } from "../../../kernel/instant";

export interface SessionToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface BrowserSession {
  readonly user: User;
  /** The user's first address, where there is one. */
  readonly email: string | null;
  /** When the user proved who they are. */
  readonly provenAt: Instant;
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

  /** @param provenAt a time before the proof was looked at */
  async begin(userId: string, provenAt: Instant): Promise<SessionToken> {
    return this.keep(await this.deps.tokens.issue(userId, { provenAt }));
  }

  /** A session whose token has just been issued. */
  async keep(value: string): Promise<SessionToken> {
    const checked = await this.deps.tokens.verify(value);
    if (typeof checked === "string") throw new Error(`a token that was just issued is ${checked}`);
    return { value, expiresAtMs: checked.expiresAtMs };
  }

  /** By the clock that sessions are dated with. */
  now(): Instant {
    return this.deps.tokens.now();
  }

  /** Null if the token is invalid, or its user is gone. */
  async find(token: string | undefined): Promise<BrowserSession | null> {
    const checked = await this.deps.tokens.verify(token ?? "");
    if (typeof checked === "string" || !(await this.isOpen(token))) return null;
    const [user] = await this.deps.accounts.usersByIds([checked.userId]);
    if (user === undefined) return null;
    const emails = await this.deps.accounts.emailsOf([user.id]);
    const email = emails.find(({ primary }) => primary) ?? emails[0];
    return {
      user,
      email: email?.address ?? null,
      provenAt: toInstant(checked.issuedAtMs),
      expiresAtMs: checked.expiresAtMs,
    };
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

  /** A fresh token to take away. It proves no more than the session, and so ends with what ends the session. */
  async tokenFor({ user, provenAt, expiresAtMs }: BrowserSession): Promise<SessionToken> {
    return this.keep(await this.deps.tokens.issue(user.id, { provenAt, notAfterMs: expiresAtMs }));
  }
}
