import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { FirstAdministrator } from "../../access";
import type { BrowserSessions } from "../app/browser-sessions";
import type { Attempt, IdentityProvider, SealedValues } from "../app/ports";
import type { SignOn } from "../app/sign-on";
import { SignOnRefused } from "../domain/refusals";
import { returnTarget } from "../domain/return-target";
import { tokenPageOf, type Site } from "../domain/site";
import { sendOn } from "./answers";
import type { Cookies } from "./cookies";

/** Max time between leaving for the provider and coming back. */
const ATTEMPT_MS = 10 * 60 * 1000;

export interface SignOnRoutesOptions {
  readonly site: Site;
  readonly providers: readonly IdentityProvider[];
  readonly signOn: SignOn;
  readonly firstAdministrator: FirstAdministrator;
  readonly sessions: BrowserSessions;
  readonly sealed: SealedValues;
  readonly cookies: Cookies;
  readonly log: Logger;
}

/**
 * `…/oauth/start?provider=okta&redirect=…` leads to the provider, and `…/oauth/callback/` takes who comes back. The first
 * user of an installation brings `inviteToken`.
 * In between everything that proves the answer to be for this browser is in a sealed cookie of its own.
 */
export function signOnRoutes(app: FastifyInstance, options: SignOnRoutesOptions): void {
  const { site, providers, sealed, cookies } = options;
  const providerNamed = (name: unknown): IdentityProvider => {
    const provider = providers.find((one) => one.name === name);
    if (provider === undefined) throw new SignOnRefused("UNKNOWN_PROVIDER");
    return provider;
  };

  app.get<{ Querystring: Record<string, unknown> }>(`${site.endpoint}/oauth/start`, async (request, reply) => {
    const provider = providerNamed(request.query["provider"]);
    const target = targetOf(request.query["redirect"], site);
    const { url, attempt } = await provider.begin();
    const { inviteToken } = request.query;
    const knowsSecret = typeof inviteToken === "string" && options.firstAdministrator.isSecret(inviteToken);
    const value = await sealed.seal({ ...attempt, provider: provider.name, target, knowsSecret }, ATTEMPT_MS);
    cookies.keepAttempt(request, reply, attempt.state, value, Date.now() + ATTEMPT_MS);
    return sendOn(reply, url.href);
  });

  const takeBack = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const returnedTo = new URL(request.url, site.origin);
    const state = returnedTo.searchParams.get("state") ?? "";
    const kept = await sealed.open(cookies.takeAttempt(request, reply, state) ?? "");
    if (kept === null) throw new SignOnRefused("NOT_BEGUN_HERE");
    const provider = providerNamed(kept["provider"]);
    const provenAt = options.sessions.now();
    const person = await provider.finish(returnedTo, attemptOf(kept));
    const signedOn = await options.signOn.execute({
      provider: provider.name,
      person,
      provenAt,
      knowsSecret: kept["knowsSecret"] === true,
      request: { id: request.id, address: request.ip },
    });
    cookies.keepSession(reply, await options.sessions.begin(signedOn.user.id, signedOn.provenAt));
    options.log.info({ requestId: request.id, provider: provider.name, userId: signedOn.user.id }, "signed on");
    return sendOn(reply, targetOf(kept["target"], site));
  };
  // The 0.35 platform registers it at providers with a trailing slash.
  app.get(`${site.endpoint}/oauth/callback`, takeBack);
  app.get(`${site.endpoint}/oauth/callback/`, takeBack);
}

const targetOf = (asked: unknown, site: Site): string =>
  returnTarget(asked, { own: site.origin, others: site.appOrigin === null ? [] : [site.appOrigin] }) ??
  tokenPageOf(site);

const attemptOf = (kept: Readonly<Record<string, unknown>>): Attempt => ({
  state: String(kept["state"]),
  nonce: String(kept["nonce"]),
  codeVerifier: String(kept["codeVerifier"]),
});
