import type { FastifyInstance } from "fastify";
import type { Actor } from "../../../kernel/permissions";
import type { AuthorizeIngress } from "../app/authorize-ingress";
import { INGRESS_URL_HEADERS, type IngressUrlHeader } from "../domain/ingress-url";

export interface IngressCheckRoutesOptions {
  readonly endpoint: string;
  /** The header that the proxy sets; undefined where the configuration does not say. */
  readonly urlHeader: IngressUrlHeader | undefined;
  readonly authenticate: (header: string | undefined, address: string) => Promise<Actor>;
  readonly admit: AuthorizeIngress;
}

/** Visible ASCII, which is all that a header may hold. */
const asHeader = (text: string): string => encodeURIComponent(text).replaceAll("%20", " ").replaceAll("%40", "@");

/**
 * `GET /v1/authorization`: a proxy asks whether the caller may open a URL of a Deployment. The proxy puts that URL into
 * `X-Original-URL` (nginx) or `X-Forwarded-Uri` (Caddy, Traefik). Returns 200 with the caller's name and Airflow role,
 * 401 or 403. Every 200 has both headers: some proxies pass the client's own header on where the answer has none.
 */
export function ingressCheckRoutes(
  app: FastifyInstance,
  { endpoint, urlHeader, authenticate, admit }: IngressCheckRoutesOptions,
): void {
  app.get(`${endpoint}/authorization`, async ({ headers, raw, ip }, reply) => {
    const actor = await authenticate(headers.authorization, ip);
    const urls = Object.fromEntries(INGRESS_URL_HEADERS.map((header) => [header, valuesOf(raw.rawHeaders, header)]));
    const role = await admit.execute(actor, urls as Record<IngressUrlHeader, string[]>, urlHeader);
    return reply
      .headers({
        "cache-control": "no-store",
        "x-auth-request-user": asHeader(actor.label),
        "x-auth-request-role": role,
      })
      .send();
  });
}

/** Each value on its own: Node joins repeated headers, and the joined text can look like one URL. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name.toLowerCase(),
  );
}
