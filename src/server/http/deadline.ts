import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Outage } from "../../kernel/outage";

/** Longer than any statement of a request may take, so that the deadline only ends work that hangs elsewhere. */
export const ANSWER_WITHIN_MS = 15_000;

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * False for routes that take as long as their client needs, such as uploads, and for routes with a limit of their
     * own.
     */
    deadline?: boolean;
  }
}

/**
 * Returns the result of the work, or that of `late` if the work takes longer and `late` does not return null. The work
 * is not cancelled.
 */
export function byDeadline<T>(work: Promise<T>, withinMs: number, late: () => T | null): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const result = late();
      if (result !== null) resolve(result);
    }, withinMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Sends a 503 if the handler of a route has not begun its response within `withinMs`. */
export function limitTime(
  app: FastifyInstance,
  withinMs: number,
  answerError: (error: Outage, request: FastifyRequest, reply: FastifyReply) => void,
): void {
  app.addHook("preHandler", (request, reply, done) => {
    if (request.routeOptions.config.deadline !== false) {
      const timer = setTimeout(() => {
        if (!reply.sent && !reply.raw.headersSent) answerError(new Outage("TOO_SLOW"), request, reply);
      }, withinMs);
      reply.raw.once("close", () => clearTimeout(timer));
    }
    done();
  });
}
