import type { FastifyInstance } from "fastify";
import type { CreateUser } from "../../access";
import { DomainError, Unavailable } from "../../../kernel/errors";
import type { BrowserSessions } from "../app/browser-sessions";
import { invitationPathOf, tokenPageOf, type Site } from "../domain/site";
import { sendOn, sendPage } from "./answers";
import type { Cookies } from "./cookies";
import { formOf, statusOf } from "./forms";
import { invitationPage } from "./pages/invitation-page";
import { requireOwnPage } from "./same-site";

export interface InvitationRoutesOptions {
  readonly site: Site;
  readonly createUser: CreateUser;
  readonly sessions: BrowserSessions;
  readonly cookies: Cookies;
}

/** Where an invitation's link leads: the invited person sets a password there, and is signed in. */
export function invitationRoutes(
  app: FastifyInstance,
  { site, createUser, sessions, cookies }: InvitationRoutesOptions,
): void {
  const { endpoint } = site;
  const path = invitationPathOf(site);

  app.get<{ Querystring: Record<string, unknown> }>(path, async ({ query }, reply) =>
    sendPage(reply, 200, invitationPage({ endpoint, path, email: text(query["email"]), token: text(query["token"]) })),
  );

  app.post(path, async (request, reply) => {
    requireOwnPage(request, site);
    const form = formOf(request);
    const [email, inviteToken] = [text(form.get("email")), text(form.get("token"))];
    try {
      const { token } = await createUser.execute({
        actor: null,
        email,
        password: form.get("password") ?? "",
        // Without one this would be a sign-up.
        inviteToken: inviteToken || "none",
        request: { id: request.id, address: request.ip },
      });
      if (token !== null) cookies.keepSession(reply, await sessions.keep(token));
      return await sendOn(reply, tokenPageOf(site));
    } catch (error) {
      if (!(error instanceof DomainError) || error instanceof Unavailable) throw error;
      const problem = error.message;
      return sendPage(
        reply,
        statusOf(error, reply),
        invitationPage({ endpoint, path, email, token: inviteToken, problem }),
      );
    }
  });
}

const MAX_TEXT = 300;

const text = (given: unknown): string =>
  typeof given === "string" ? given.slice(0, MAX_TEXT).replaceAll("\0", "") : "";
