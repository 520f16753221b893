import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { DomainError, Unavailable } from "../domain/errors";

const CODES: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  503: "UNAVAILABLE",
};

const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  FEATURE_DISABLED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_MANY_ATTEMPTS: 429,
  UNAVAILABLE: 503,
};

/** The one shape in which this server tells errors, also where no GraphQL is involved. */
export const errorBody = (message: string, code: string, details: Readonly<Record<string, unknown>> = {}): object => ({
  errors: [{ message, extensions: { code, ...details } }],
});

/** Answers whatever a route throws: a refusal with its status, a client's mistake as such, a bug masked. */
export const answerErrors =
  (log: Logger) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    // The client is told what cannot be done, and the operator why.
    if (error instanceof Unavailable) log.warn({ err: error, requestId: request.id }, "something that this service relies on cannot be used");
    if (error instanceof DomainError) {
      void reply.code(STATUSES[error.code] ?? 400).send(errorBody(error.message, error.code, error.details));
      return;
    }
    const status = error.statusCode ?? 500;
    if (status < 500) {
      void reply.code(status).send(errorBody(error.message, CODES[status] ?? "BAD_REQUEST"));
      return;
    }
    log.error({ err: error, requestId: request.id }, "request failed");
    const masked = "Something went wrong on our side; the request id tells us where";
    void reply.code(status).send(errorBody(masked, "INTERNAL_SERVER_ERROR", { requestId: request.id }));
  };

export const answerUnknownRoute = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.code(404).send(errorBody(`There is nothing at ${request.method} ${request.url.split("?")[0]}`, "NOT_FOUND"));
};
