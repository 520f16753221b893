import type { FastifyInstance } from "fastify";
import type { Actor } from "../../../shared/domain/permissions";
import type { AdmitVisitor } from "../app/admit-visitor";

export interface IngressCheckRoutesOptions {
  readonly endpoint: string;
  readonly authenticate: (header: string | undefined) => Promise<Actor>;
  readonly admit: AdmitVisitor;
}

/** Visible ASCII, which is all that a header may hold. */
const asHeader = (text: string): string => encodeURIComponent(text).replaceAll("%20", " ").replaceAll("%40", "@");

/**
 * `GET /v1/authorization`: what a proxy asks before it lets somebody through to a Deployment's Airflow, with the URL that was
 * wanted in `x-original-url` (nginx) or `x-forwarded-uri` (Caddy, Traefik). Answers 200 and who it is, 401 or 403.
 */
export function ingressCheckRoutes(app: FastifyInstance, { endpoint, authenticate, admit }: IngressCheckRoutesOptions): void {
  app.get(`${endpoint}/authorization`, async ({ headers }, reply) => {
    const actor = await authenticate(headers.authorization);
    const url = headers["x-original-url"] ?? headers["x-forwarded-uri"] ?? "";
    const role = await admit.execute(actor, String(url));
    reply.headers({ "cache-control": "no-store", "x-auth-request-user": asHeader(actor.label), ...(role !== null && { "x-auth-request-role": role }) });
    return reply.send();
  });
}
