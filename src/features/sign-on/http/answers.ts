import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { Outage } from "../../../kernel/outage";
import { refusalOf } from "../../../infrastructure/outages/classify-outage";
import { DomainError, Forbidden, TooManyAttempts, Unavailable } from "../../../kernel/errors";
import { sayWhenToRetry } from "../../../infrastructure/http/http-errors";
import type { OutageLog } from "../../../infrastructure/outages/outage-log";
import { SignOnRefused, type SignOnRefusal } from "../domain/refusals";
import { tokenPageOf, type Site } from "../domain/site";
import { problemPage } from "./pages/problem-page";

/**
 * Allows our own files only, no frame of another site, and no caching, since the page shows tokens. The referrer is
 * sent to our own origin only; under `no-referrer` forms would carry no origin.
 */
const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

export const sendPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.code(status).headers(HEADERS).type("text/html; charset=utf-8").send(page);

/** See Other: whatever the request was, the browser gets the next page by GET. */
export const sendOn = (reply: FastifyReply, url: string): FastifyReply =>
  reply.headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" }).redirect(url, 303);

const STATUSES: Partial<Record<SignOnRefusal, number>> = { UNKNOWN_PROVIDER: 404, NOT_BEGUN_HERE: 400 };

function statusOf(error: unknown): number {
  if (error instanceof SignOnRefused) return STATUSES[error.reason] ?? 403;
  if (error instanceof Unavailable) return 503;
  if (error instanceof TooManyAttempts) return 429;
  if (error instanceof DomainError) return error.code === "CONFLICT" ? 409 : 403;
  const { statusCode = 500 } = error as FastifyError;
  return statusCode;
}

/** Shows errors on a page, and logs those that an operator may have to look into. */
export const answerOnPage =
  (site: Site, log: Logger, outages: OutageLog) =>
  (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const error = refusalOf(thrown) as FastifyError | DomainError;
    sayWhenToRetry(reply, error);
    const status = statusOf(error);
    const requestId = request.id;
    const isKnown = error instanceof DomainError;
    if (!isKnown && status >= 500) log.error({ err: error, requestId }, "request failed");
    else if (error instanceof SignOnRefused)
      log.info({ err: error.cause, requestId, reason: error.reason }, "signing on was refused");
    else if (error instanceof Outage) outages.report(error, requestId);
    else if (error instanceof Unavailable)
      log.warn({ err: error, requestId }, "an identity provider cannot be reached");
    const page = problemPage({
      endpoint: site.endpoint,
      message: messageOf(error, status),
      requestId,
      signInUrl: tokenPageOf(site),
    });
    void sendPage(reply, status, page);
  };

function messageOf(error: Error, status: number): string {
  if (error instanceof Forbidden)
    return "The form was not sent by a page of this installation. Go back, load the page anew, and try again.";
  if (error instanceof DomainError) return error.message;
  return status < 500
    ? "The request makes no sense here."
    : "Something went wrong on our side; the request below tells an administrator where.";
}
