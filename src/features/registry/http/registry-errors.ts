import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { refusalOf } from "../../../infrastructure/outages/classify-outage";
import { DomainError, Unauthenticated, Unavailable } from "../../../kernel/errors";
import { sayWhenToRetry } from "../../../infrastructure/http/http-errors";
import type { OutageLog } from "../../../infrastructure/outages/outage-log";

const STATUSES: Readonly<Record<string, readonly [number, string]>> = {
  UNAUTHENTICATED: [401, "UNAUTHORIZED"],
  FORBIDDEN: [403, "DENIED"],
  FEATURE_DISABLED: [403, "DENIED"],
  UNAVAILABLE: [503, "UNAVAILABLE"],
};

/** Errors in the shape that clients of registries read. Source: the Distribution project's HTTP API. */
const registryError = (code: string, message: string, details: unknown = null): object => ({
  errors: [{ code, message, details }],
});

export const answerRegistryErrors =
  (log: Logger, outages: OutageLog) =>
  (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const error = refusalOf(thrown) as FastifyError | DomainError;
    if (error instanceof Unavailable) outages.report(error, request.id);
    sayWhenToRetry(reply, error);
    if (error instanceof Unauthenticated && error.reason === "MISSING") reply.header("www-authenticate", "Bearer");
    if (error instanceof DomainError) {
      const [status, code] = STATUSES[error.code] ?? [400, "UNSUPPORTED"];
      return void reply.code(status).send(registryError(code, error.message, error.details));
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return void reply.code(status).send(registryError("UNSUPPORTED", error.message));
    log.error({ err: error, requestId: request.id }, "request failed");
    void reply.code(status).send(
      registryError("UNKNOWN", "Something went wrong on our side; the request id tells us where", {
        requestId: request.id,
      }),
    );
  };
