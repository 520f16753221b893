import type { FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { Unauthenticated } from "../domain/errors";
import type { Actor } from "../domain/permissions";
import type { GraphqlContext } from "../graphql/context";

/** Turns an `authorization` header into the actor behind it. @throws Unauthenticated */
export type Authenticate = (header: string | undefined, options: { readonly fresh: boolean }) => Promise<Actor>;

/**
 * One GraphQL request. Apollo hands resolvers a shallow copy on the same prototype: everything that is
 * worked out later is therefore kept in ordinary properties and reached through `this`.
 */
export class RequestContext implements GraphqlContext {
  readonly requestId: string;
  readonly startedAtMs = performance.now();
  /** True once the request is known to be a query: only then is a remembered actor good enough. */
  readsOnly = false;
  /** Known as soon as some resolver has asked who is asking. */
  actorId: string | undefined = undefined;
  private asked: Promise<Actor> | undefined = undefined;
  private childLog: Logger | undefined = undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly authenticate: Authenticate,
    private readonly serverLog: Logger,
  ) {
    this.requestId = request.id;
  }

  get log(): Logger {
    return (this.childLog ??= this.serverLog.child({ requestId: this.requestId }));
  }

  get address(): string {
    return this.request.ip;
  }

  async actor(): Promise<Actor> {
    this.asked ??= this.authenticate(this.request.headers.authorization, { fresh: !this.readsOnly });
    const actor = await this.asked;
    this.actorId = actor.id;
    return actor;
  }

  async actorOrNull(): Promise<Actor | null> {
    try {
      return await this.actor();
    } catch (error) {
      if (error instanceof Unauthenticated) return null;
      throw error;
    }
  }
}
