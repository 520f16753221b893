import type { SentRequest } from "../../../infrastructure/http/sent-request";
import { Forbidden } from "../../../kernel/errors";
import type { Site } from "../domain/site";

/**
 * Checks that one of our own pages sent the form. Browsers send the page's origin with every form; a client that sends
 * none is no browser, and can use createToken.
 * @throws Forbidden
 */
export function requireOwnPage({ headers, host }: SentRequest, site: Site): void {
  const sender = headers.origin ?? "";
  const isOwn = isOwnOrigin(sender, host, site) || sender === site.appOrigin;
  if (!isOwn || host === site.deploymentsHost) throw new Forbidden();
}

/**
 * Whether a page of ours may have sent the request, or a client that is no browser. Browsers send an origin with every
 * request that changes something, and those of 2023 and later send `Sec-Fetch-Site` with all of them.
 */
export function isSameOrigin({ headers, host }: SentRequest, site: Site): boolean {
  const { origin, "sec-fetch-site": fetchSite } = headers;
  return (
    host !== site.deploymentsHost &&
    (fetchSite === undefined || fetchSite === "same-origin") &&
    (origin === undefined || isOwnOrigin(origin, host, site))
  );
}

const isOwnOrigin = (sender: string, host: string, { origin }: Site): boolean =>
  sender === origin || (URL.canParse(sender) && new URL(sender).host === host);
