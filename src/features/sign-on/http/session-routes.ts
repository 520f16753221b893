import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SignIn } from "../../access";
import { Forbidden, InvalidInput, Unauthenticated } from "../../../kernel/errors";
import { toInstant } from "../../../kernel/instant";
import type { BrowserSessions } from "../app/browser-sessions";
import { sessionPathOf, type Site } from "../domain/site";
import type { Cookies } from "./cookies";
import { isSameOrigin } from "./same-site";

export interface SessionRoutesOptions {
  readonly site: Site;
  readonly signIn: SignIn;
  readonly sessions: BrowserSessions;
  readonly cookies: Cookies;
}

/**
 * `…/session`, for the web client: POST signs in by password, GET tells who is signed in and until when, DELETE signs
 * out. The session is in a cookie that no script can read.
 */
export function sessionRoutes(app: FastifyInstance, { site, signIn, sessions, cookies }: SessionRoutesOptions): void {
  const path = sessionPathOf(site);
  const requireSameOrigin = (request: FastifyRequest): void => {
    if (!isSameOrigin(request, site)) throw new Forbidden();
  };

  app.post(path, async (request, reply) => {
    requireSameOrigin(request);
    const { identity, password } = credentialsOf(request.body);
    const { token } = await signIn.execute({ identity, password, request: { id: request.id, address: request.ip } });
    cookies.keepSession(reply, await sessions.keep(token));
    return reply.code(204).header("cache-control", "no-store").send();
  });

  app.get(path, async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (!isSameOrigin(request, site)) throw new Unauthenticated("MISSING");
    const { user, expiresAtMs } = await sessions.open(cookies.sessionOf(request));
    return { username: user.username, expiresAt: toInstant(expiresAtMs) };
  });

  app.delete(path, async (request, reply) => {
    requireSameOrigin(request);
    // Ends the session first: if that fails, the browser still has the cookie to try again.
    await sessions.end(cookies.sessionOf(request), { id: request.id, address: request.ip });
    cookies.dropSession(reply);
    return reply.code(204).header("cache-control", "no-store").send();
  });
}

/** @throws InvalidInput unless the body is a JSON object with both texts */
function credentialsOf(body: unknown): { readonly identity: string; readonly password: string } {
  const { identity, password } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof identity !== "string") throw new InvalidInput("identity", "has to be text");
  if (typeof password !== "string") throw new InvalidInput("password", "has to be text");
  return { identity, password };
}
