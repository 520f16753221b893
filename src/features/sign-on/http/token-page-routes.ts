import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { SignIn } from "../../access";
import { DomainError, Unavailable } from "../../../kernel/errors";
import { textOf } from "../../../infrastructure/http/json-bodies";
import type { BrowserSessions } from "../app/browser-sessions";
import { isElsewhere, tokenPageOf, type Site } from "../domain/site";
import { sendOn, sendPage } from "./answers";
import type { Cookies } from "./cookies";
import { formOf, statusOf } from "./forms";
import { SCRIPT, STYLE } from "./pages/assets";
import { signInPage } from "./pages/sign-in-page";
import { tokenPage } from "./pages/token-page";
import { requireOwnPage } from "./same-site";

const MAX_FORM_BYTES = 16 * 1024;

export interface TokenPageRoutesOptions {
  readonly site: Site;
  readonly providers: readonly { readonly displayName: string; readonly url: string }[];
  readonly localEnabled: boolean;
  readonly signIn: SignIn;
  readonly sessions: BrowserSessions;
  readonly cookies: Cookies;
}

/**
 * `/token`, and beside the API: where people sign in, by password or through a provider, and get a token for
 * `astro login`. The CLI sends them to the one or the other, depending on its domain.
 */
export function tokenPageRoutes(app: FastifyInstance, options: TokenPageRoutesOptions): void {
  const { site, sessions, cookies } = options;
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer", bodyLimit: MAX_FORM_BYTES },
    async ({ headers }: FastifyRequest, body: Buffer) => new URLSearchParams(textOf(body, headers["content-type"])),
  );

  for (const path of new Set(["/token", `${site.endpoint}/token`])) {
    app.get<{ Querystring: Record<string, unknown> }>(path, async (request, reply) => {
      // Sessions live on one origin.
      if (isElsewhere(request.host, site)) return sendOn(reply, tokenPageOf(site));
      const session = await sessions.find(cookies.sessionOf(request));
      if (session === null) {
        const notice =
          "left" in request.query ? { notice: "You have signed out here. Your session at a provider may go on." } : {};
        return sendPage(reply, 200, signInPage({ ...options, endpoint: site.endpoint, path, ...notice }));
      }
      const { user, email } = session;
      const { value, expiresAtMs } = await sessions.tokenFor(session);
      const person = user.fullName ?? user.username;
      return sendPage(
        reply,
        200,
        tokenPage({ endpoint: site.endpoint, path, person, email, token: value, expiresAtMs, nowMs: Date.now() }),
      );
    });

    app.post(path, async (request, reply) => {
      requireOwnPage(request, site);
      const form = formOf(request);
      const identity = form.get("identity") ?? "";
      try {
        const { token } = await options.signIn.execute({
          identity,
          password: form.get("password") ?? "",
          request: { id: request.id, address: request.ip },
        });
        cookies.keepSession(reply, await sessions.keep(token));
        return sendOn(reply, path);
      } catch (error) {
        if (!(error instanceof DomainError) || error instanceof Unavailable) throw error;
        return sendPage(
          reply,
          statusOf(error, reply),
          signInPage({
            ...options,
            endpoint: site.endpoint,
            path,
            identity: identity.slice(0, 200),
            problem: error.message,
          }),
        );
      }
    });

    app.post(`${path}/sign-out`, async (request, reply) => {
      requireOwnPage(request, site);
      await sessions.end(cookies.sessionOf(request), { id: request.id, address: request.ip });
      cookies.dropSession(reply);
      return sendOn(reply, `${path}?left`);
    });
  }

  app.get(`${site.endpoint}/sign-on/sign-on.css`, async (_request, reply) => sendAsset(reply, "text/css", STYLE));
  app.get(`${site.endpoint}/sign-on/sign-on.js`, async (_request, reply) =>
    sendAsset(reply, "text/javascript", SCRIPT),
  );
}

const sendAsset = (reply: FastifyReply, type: string, text: string): FastifyReply =>
  reply
    .headers({ "x-content-type-options": "nosniff", "cache-control": "no-cache" })
    .type(`${type}; charset=utf-8`)
    .send(text);
