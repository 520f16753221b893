import type { SentRequest } from "../../../infrastructure/http/sent-request";
import type { Site } from "../domain/site";
import type { Cookies } from "./cookies";
import { isSameOrigin } from "./same-site";

/**
 * Header of every GraphQL request of the web client. Browsers let pages of other origins send it only if CORS allows it, which
 * it never does.
 */
const CLIENT_HEADER = "x-retrograde-client";
const CLIENT = "web";

/**
 * The session's cookie as the credentials of GraphQL. Browsers send cookies along with requests of other sites' pages too, so a
 * request has to show that a page of ours sent it.
 */
export class PageSessions {
  constructor(
    private readonly site: Site,
    private readonly cookies: Cookies,
  ) {}

  ofRequest(request: SentRequest): string | undefined {
    if (request.headers[CLIENT_HEADER] !== CLIENT || !isSameOrigin(request, this.site)) return undefined;
    return this.tokenOf(request);
  }

  /** WebSockets have no CORS and pages cannot set their headers, so the browser has to name the page's origin. */
  ofHandshake(request: SentRequest): string | undefined {
    if (request.headers.origin === undefined || !isSameOrigin(request, this.site)) return undefined;
    return this.tokenOf(request);
  }

  /** Not the API key of a service account, which is no session. */
  private tokenOf(request: SentRequest): string | undefined {
    const token = this.cookies.sessionOf(request);
    return token?.includes(".") === true ? token : undefined;
  }
}
