import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { Outage } from "../../kernel/outage";
import { refusalOf } from "../outages/classify-outage";
import type { RefusalTrail } from "../../kernel/audit-trail";
import { DomainError, Forbidden, TooManyAttempts, Unavailable } from "../../kernel/errors";
import { noteRefusal } from "../../kernel/note-refusal";
import type { OutageLog } from "../outages/outage-log";

const CODES: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  408: "REQUEST_TIMEOUT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  431: "HEADERS_TOO_LARGE",
  503: "UNAVAILABLE",
};

/** The code of an error that has only a status of HTTP. */
export const codeOf = (status: number): string => CODES[status] ?? "BAD_REQUEST";

const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  ACCOUNT_PENDING: 403,
  FORBIDDEN: 403,
  FEATURE_DISABLED: 403,
  NOT_FOUND: 404,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  LIMIT_REACHED: 409,
  QUARANTINED: 409,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_ATTEMPTS: 429,
  UNAVAILABLE: 503,
};

const INSUFFICIENT_STORAGE = 507;

const statusOf = (error: DomainError): number =>
  error instanceof Outage && error.kind === "DATA_FOLDER_FULL" ? INSUFFICIENT_STORAGE : (STATUSES[error.code] ?? 400);

/** Sets the header that HTTP clients read before they repeat a request. */
export function sayWhenToRetry(reply: FastifyReply, error: unknown): void {
  if (error instanceof Unavailable || error instanceof TooManyAttempts)
    reply.header("retry-after", error.retryAfterSeconds);
}

/** The shape of every error response of this server, outside GraphQL too. */
export const errorBody = (message: string, code: string, details: Readonly<Record<string, unknown>> = {}): object => ({
  errors: [{ message, extensions: { code, ...details } }],
});

/**
 * Responds to an error that a route throws: a refusal with its status, a client error with its message, a bug masked.
 */
export const answerErrors =
  (log: Logger, outages: OutageLog, refusals?: RefusalTrail) =>
  (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const error = refusalOf(thrown) as FastifyError | DomainError;
    // The response says what cannot be done, and the log says why.
    if (error instanceof Unavailable) outages.report(error, request.id);
    if (error instanceof DomainError) {
      if (refusals !== undefined && error instanceof Forbidden)
        noteRefusal(refusals, error, `${request.method} ${request.routeOptions.url ?? "unknown"}`, {
          id: request.id,
          address: request.ip,
        });
      sayWhenToRetry(reply, error);
      void reply.code(statusOf(error)).send(errorBody(error.message, error.code, error.details));
      return;
    }
    const status = error.statusCode ?? 500;
    if (status < 500) {
      void reply.code(status).send(errorBody(error.message, codeOf(status)));
      return;
    }
    log.error({ err: error, requestId: request.id }, "request failed");
    const masked = "Something went wrong on our side; the request id tells us where";
    void reply.code(status).send(errorBody(masked, "INTERNAL_SERVER_ERROR", { requestId: request.id }));
  };

export const answerUnknownRoute = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply
    .code(404)
    .send(errorBody(`There is nothing at ${request.method} ${request.url.split("?")[0]}`, "NOT_FOUND"));
};
