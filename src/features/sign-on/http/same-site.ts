import type { FastifyRequest } from "fastify";
import { Forbidden } from "../../../kernel/errors";
import type { Site } from "../domain/site";

/**
 * Checks that one of our own pages sent the form. Browsers send the page's origin with every form; a client that sends
 * none is no browser, and can use createToken.
 * @throws Forbidden
 */
export function requireOwnPage({ headers, host }: FastifyRequest, { origin, appOrigin, deploymentsHost }: Site): void {
  const sender = headers.origin ?? "";
  // A session on the host of the Deployments could be read by what their authors show there.
  if (host === deploymentsHost) throw new Forbidden();
  const isOwn = sender === origin || sender === appOrigin || (URL.canParse(sender) && new URL(sender).host === host);
  if (!isOwn) throw new Forbidden();
}
