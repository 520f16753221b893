import type { FastifyReply, FastifyRequest } from "fastify";
import { WrongCredentials } from "../../access";
import { TooManyAttempts, type DomainError } from "../../../kernel/errors";

/** Returns the fields of the form; none if the body is not a form. */
export const formOf = ({ body }: FastifyRequest): URLSearchParams =>
  body instanceof URLSearchParams ? body : new URLSearchParams();

/** The status of a page that shows the form again, with what was wrong. */
export function statusOf(error: DomainError, reply: FastifyReply): number {
  if (!(error instanceof TooManyAttempts)) return error instanceof WrongCredentials ? 401 : 403;
  reply.header("retry-after", error.retryAfterSeconds);
  return 429;
}
