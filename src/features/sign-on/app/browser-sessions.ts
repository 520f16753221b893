import type { AccessReadModel, EndSession, Sessions, SessionTokens, User } from "../../access";
import { Unauthenticated } from "../../../kernel/errors";
import { toInstant, type Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";

export interface SessionToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface BrowserSession {
  readonly user: User;
  /** The user's first address, where there is one. */
  readonly email: string | null;
  /** Null if the session can only expire. */
  readonly id: string | null;
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
      readonly endSession: EndSession;
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

  /** @throws Unauthenticated if the token is missing, invalid or expired, its session has ended, or its user is gone */
  async open(token: string | undefined): Promise<BrowserSession> {
    // The same check as for the API, which also finds sessions that have ended and users who are gone.
    const { id: userId, credentials } = await this.deps.sessions.actorOf(token, { fresh: true });
    if (credentials?.kind !== "SESSION") throw new Unauthenticated("INVALID");
    const [user] = await this.deps.accounts.usersByIds([userId]);
    if (user === undefined) throw new Unauthenticated("INVALID");
    const emails = await this.deps.accounts.emailsOf([user.id]);
    const email = emails.find(({ primary }) => primary) ?? emails[0];
    const { sessionId, issuedAtMs, expiresAtMs } = credentials;
    return { user, email: email?.address ?? null, id: sessionId, provenAt: toInstant(issuedAtMs), expiresAtMs };
  }

  /** Null where `open` refuses. */
  async find(token: string | undefined): Promise<BrowserSession | null> {
    try {
      return await this.open(token);
    } catch (error) {
      if (error instanceof Unauthenticated) return null;
      throw error;
    }
  }

  /** Signs out: the token is good for nothing any more. Does nothing if it is not good for anything now. */
  async end(token: string | undefined, request: NonNullable<Actor["request"]>): Promise<void> {
    const session = await this.find(token);
    if (session === null || session.id === null) return;
    const { user, id, expiresAtMs } = session;
    await this.deps.endSession.execute({ user, session: { id, expiresAtMs }, request });
  }

  /** A fresh token to take away. It proves no more than the session, and so ends with what ends the session. */
  async tokenFor({ user, provenAt, expiresAtMs }: BrowserSession): Promise<SessionToken> {
    return this.keep(await this.deps.tokens.issue(user.id, { provenAt, notAfterMs: expiresAtMs }));
  }
}
