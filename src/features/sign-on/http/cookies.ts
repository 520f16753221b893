import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hash } from "node:crypto";
import type { SessionToken } from "../app/browser-sessions";

/** Max sign-ins under way in one browser, e.g. in several tabs: each has a cookie that is sent with every request. */
const MAX_ATTEMPTS = 5;

export interface CookieSettings {
  /** Whether browsers reach us by https only. */
  readonly secure: boolean;
}

/**
 * Our cookies in browsers. Scripts cannot read them, and requests from other sites do not carry them, except when such
 * a site leads the browser here. Their names make browsers refuse those that are set over http, or by another host of
 * the domain (RFC 6265bis §4.1.3.2), such as that of the Deployments, whose authors control what they show. Such names
 * require cookies for all paths.
 */
export class Cookies {
  private readonly session: string;
  private readonly attempts: string;

  constructor(private readonly settings: CookieSettings) {
    this.session = settings.secure ? "__Host-retrograde-session" : "retrograde-session";
    this.attempts = settings.secure ? "__Host-retrograde-sign-on-" : "retrograde-sign-on-";
  }

  sessionOf(request: Pick<FastifyRequest, "headers">): string | undefined {
    return cookiesOf(request)[this.session];
  }

  keepSession(reply: FastifyReply, { value, expiresAtMs }: SessionToken): void {
    this.set(reply, this.session, value, new Date(expiresAtMs));
  }

  dropSession(reply: FastifyReply): void {
    this.drop(reply, this.session);
  }

  /** Attempts in other tabs are kept. */
  keepAttempt(request: FastifyRequest, reply: FastifyReply, state: string, sealed: string, expiresAtMs: number): void {
    const others = Object.keys(cookiesOf(request)).filter((name) => name.startsWith(this.attempts));
    for (const name of others.slice(0, Math.max(0, others.length - MAX_ATTEMPTS + 1))) this.drop(reply, name);
    this.set(reply, this.attemptName(state), sealed, new Date(expiresAtMs));
  }

  /** Returns what was kept for that state, once. */
  takeAttempt(request: FastifyRequest, reply: FastifyReply, state: string): string | undefined {
    const name = this.attemptName(state);
    const sealed = cookiesOf(request)[name];
    if (sealed !== undefined) this.drop(reply, name);
    return sealed;
  }

  private attemptName(state: string): string {
    return `${this.attempts}${hash("sha256", state, "hex").slice(0, 16)}`;
  }

  private set(reply: FastifyReply, name: string, value: string, expires: Date): void {
    const { secure } = this.settings;
    reply.header(
      "set-cookie",
      stringifySetCookie({ name, value, path: "/", expires, httpOnly: true, sameSite: "lax", secure }),
    );
  }

  private drop(reply: FastifyReply, name: string): void {
    this.set(reply, name, "", new Date(0));
  }
}

const cookiesOf = ({ headers }: Pick<FastifyRequest, "headers">): Record<string, string | undefined> =>
  parseCookie(headers.cookie ?? "");
