import type { Logger } from "pino";
import { Unauthenticated } from "../../kernel/errors";
import type { Actor } from "../../kernel/permissions";
import type { CheckedQuery } from "./compiled-queries";
import type { GraphqlContext } from "../../infrastructure/graphql/context";
import { ObjectBudget } from "./object-budget";
import type { CallerClass } from "./caller-class";

const CLIENT_REQUEST_ID = /^[\w.-]{1,64}$/;

/** Turns an `authorization` header into the actor behind it. @throws Unauthenticated */
export type Authenticate = (header: string | undefined, options: AuthenticateOptions) => Promise<Actor>;

interface AuthenticateOptions {
  /** Asks the database in any case. */
  readonly fresh: boolean;
  /** Where the request comes from, to be noted as the address of an API key's last use. */
  readonly address: string;
}

/** The source of a GraphQL request: an HTTP request, or a message on a socket. */
export interface Caller {
  readonly id: string;
  readonly ip: string;
  readonly headers: { readonly authorization?: string | undefined; readonly "x-request-id"?: unknown };
  readonly printsVerbatim?: boolean;
}

/** Receives a subscription once Apollo has validated its document. */
export interface Handover {
  checked: CheckedQuery | null;
}

/**
 * One GraphQL request. Apollo passes resolvers a shallow copy on the same prototype. Values that are computed later are
 * therefore kept in ordinary properties and accessed through `this`.
 */
export class RequestContext implements GraphqlContext {
  readonly requestId: string;
  readonly startedAtMs = performance.now();
  /** True once the request is known to be a query: only then may a cached actor be used. */
  readsOnly = false;
  /** The caller to whose budget of work the request is charged. */
  caller: CallerClass | null = null;
  objects = new ObjectBudget(Infinity);
  /** Shared with the copies that resolvers get. */
  readonly deadline = { applies: true };
  /** Set as soon as a resolver has asked for the actor. */
  actorId: string | undefined = undefined;
  private asked: Promise<Actor> | undefined = undefined;
  private childLog: Logger | undefined = undefined;

  constructor(
    private readonly request: Caller,
    private readonly authenticate: Authenticate,
    private readonly serverLog: Logger,
    /** Null if nothing can continue after the response. */
    readonly handover: Handover | null = null,
  ) {
    this.requestId = request.id;
  }

  get log(): Logger {
    return (this.childLog ??= this.serverLog.child({ requestId: this.requestId }));
  }

  get address(): string {
    return this.request.ip;
  }

  /** The id that the client has given the request, for the log only: another request may have the same. */
  get clientRequestId(): string | undefined {
    const given = this.request.headers["x-request-id"];
    return typeof given === "string" && CLIENT_REQUEST_ID.test(given) ? given : undefined;
  }

  get authorization(): string | undefined {
    return this.request.headers.authorization;
  }

  get printsVerbatim(): boolean {
    return this.request.printsVerbatim === true;
  }

  liftDeadline(): void {
    this.deadline.applies = false;
  }

  async actor(): Promise<Actor> {
    this.asked ??= this.identify();
    const actor = await this.asked;
    this.actorId = actor.id;
    return actor;
  }

  private async identify(): Promise<Actor> {
    const actor = await this.authenticate(this.request.headers.authorization, {
      fresh: !this.readsOnly,
      address: this.address,
    });
    return { ...actor, request: { id: this.requestId, address: this.address } };
  }

  actorNow(): Promise<Actor> {
    return this.authenticate(this.request.headers.authorization, { fresh: false, address: this.address });
  }

  /** A context of the same caller without cached values, for each event of a stream. */
  afresh(): RequestContext {
    const next = new RequestContext(this.request, this.authenticate, this.serverLog);
    next.readsOnly = true;
    next.caller = this.caller;
    next.objects = this.objects.afresh();
    return next;
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
