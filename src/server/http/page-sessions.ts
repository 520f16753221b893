import type { SentRequest } from "../../infrastructure/http/sent-request";

/** Finds the session token in the cookie of a page of ours; undefined if another site may have sent the request. */
export interface PageSessions {
  ofRequest(request: SentRequest): string | undefined;
  ofHandshake(request: SentRequest): string | undefined;
}

export const NO_PAGE_SESSIONS: PageSessions = { ofRequest: () => undefined, ofHandshake: () => undefined };

/** The credentials of an HTTP request. An `authorization` header wins over a cookie, whatever it holds. */
export const credentialsOf = (request: SentRequest, pages: PageSessions): string | undefined =>
  request.headers.authorization ?? pages.ofRequest(request);
