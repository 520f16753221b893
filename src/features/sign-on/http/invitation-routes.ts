import type { FastifyInstance } from "fastify";
import type { CreateUser } from "../../access";
import { DomainError, Unavailable } from "../../../kernel/errors";
import type { BrowserSessions } from "../app/browser-sessions";
import { invitationPathOf, startOf, tokenPageOf, type Site } from "../domain/site";
import { sendOn, sendPage } from "./answers";
import type { Cookies } from "./cookies";
import { formOf, statusOf } from "./forms";
import { invitationPage } from "./pages/invitation-page";
import { requireOwnPage } from "./same-site";

export interface InvitationRoutesOptions {
  readonly site: Site;
  readonly providers: readonly { readonly name: string; readonly displayName: string }[];
  readonly localEnabled: boolean;
  readonly createUser: CreateUser;
  readonly sessions: BrowserSessions;
  readonly cookies: Cookies;
}

/**
 * Where an invitation's link leads: the invited person sets a password there, and is signed in. The first user of an
 * installation comes by a link without an address.
 */
export function invitationRoutes(
  app: FastifyInstance,
  { site, providers, localEnabled, createUser, sessions, cookies }: InvitationRoutesOptions,
): void {
  const path = invitationPathOf(site);
  const show = (given: {
    readonly email: string;
    readonly token: string;
    readonly isFirst: boolean;
    readonly problem?: string;
  }): string =>
    invitationPage({
      endpoint: site.endpoint,
      path,
      localEnabled,
      providers: providers.map(({ name, displayName }) => ({
        displayName,
        url: startOf(site, name, given.isFirst ? { inviteToken: given.token } : {}),
      })),
      ...given,
    });

  app.get<{ Querystring: Record<string, unknown> }>(path, async ({ query }, reply) => {
    const [email, token] = [text(query["email"]), text(query["token"])];
    return sendPage(reply, 200, show({ email, token, isFirst: email === "" }));
  });

  app.post(path, async (request, reply) => {
    requireOwnPage(request, site);
    const form = formOf(request);
    const [email, inviteToken] = [text(form.get("email")), text(form.get("token"))];
    const isFirst = form.get("first") !== null;
    try {
      const { token } = await createUser.execute({
        actor: null,
        email,
        password: form.get("password") ?? "",
        // With an empty token createUser would treat this as a sign-up.
        inviteToken: inviteToken || "none",
        request: { id: request.id, address: request.ip },
      });
      if (token !== null) cookies.keepSession(reply, await sessions.keep(token));
      return await sendOn(reply, tokenPageOf(site));
    } catch (error) {
      if (!(error instanceof DomainError) || error instanceof Unavailable) throw error;
      const problem = error.message;
      return sendPage(reply, statusOf(error, reply), show({ email, token: inviteToken, isFirst, problem }));
    }
  });
}

const MAX_TEXT = 300;

const text = (given: unknown): string =>
  typeof given === "string" ? given.slice(0, MAX_TEXT).replaceAll("\0", "") : "";
