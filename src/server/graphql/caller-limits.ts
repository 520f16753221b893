import { getOperationAST, type DocumentNode, type OperationDefinitionNode } from "graphql";
import { LRUCache } from "lru-cache";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { Unauthenticated } from "../../kernel/errors";
import { isStandardIntrospection } from "./introspection";
import { parsed, type KnownDocuments } from "./known-documents";
import { hasMoreAliases, RequestRefused } from "./limits";
import { countTokens } from "./validation-work";
import type { CallerClass } from "./caller-class";
import type { RequestContext } from "./request-context";

/** How long accepted credentials count as such here. Every request checks their permissions anew. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;
const MINUTE_SECONDS = 60;

export interface CallerLimitsSettings {
  readonly maxTokens: number;
  /**
   * Points of work per minute of one caller with a session: tokens of documents not seen before, and declared costs of
   * fields.
   */
  readonly workPerMinute: number;
  /**
   * True lets all callers ask for the schema: documents without a session may then be as long as the standard query.
   */
  readonly introspection: boolean | "signed-in";
  readonly anonymous: {
    readonly maxTokens: number;
    readonly maxAliases: number;
    readonly maxCost: number;
    readonly requestsPerSecond: number;
    /** Like `workPerMinute`, but per address, and only for declared costs and the computing of introspection. */
    readonly workPerMinute: number;
  };
}

/**
 * The budget of work of each caller, kept by each process for itself.
 *
 * Callers without a session may send few and short requests: enough to sign in. Any other request of theirs gets the
 * response of a request that requires a session. Callers with a session have a budget of points per minute.
 */
export class CallerLimits {
  private readonly requests: RateLimiterMemory;
  private readonly work: RateLimiterMemory;
  private readonly anonymousWork: RateLimiterMemory;
  private readonly accepted = new LRUCache<string, CallerClass>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    private readonly settings: CallerLimitsSettings,
    private readonly documents: KnownDocuments,
  ) {
    const { anonymous, workPerMinute } = settings;
    this.requests = new RateLimiterMemory({ points: anonymous.requestsPerSecond, duration: 1 });
    this.work = new RateLimiterMemory({ points: workPerMinute, duration: MINUTE_SECONDS });
    this.anonymousWork = new RateLimiterMemory({ points: anonymous.workPerMinute, duration: MINUTE_SECONDS });
  }

  /** Called before the document is read. Stores the class of the caller in the context. */
  async refusalOf(query: unknown, context: RequestContext): Promise<RequestRefused | null> {
    const caller = (context.caller = await this.classify(context));
    const text = typeof query === "string" ? query : "";
    if (caller.kind === "NO_SESSION") {
      const refusal =
        (await consume(this.requests, caller.key, 1)) ??
        (this.isTooLong(text) ? asRefusal(new Unauthenticated(caller.reason)) : null);
      if (refusal !== null) return refusal;
    }
    if (text === "" || this.documents.has(text)) return null;
    if (caller.kind === "SESSION") {
      const refusal = await consume(this.work, caller.key, countTokens(text, this.settings.maxTokens));
      if (refusal !== null) return refusal;
    }
    return this.documents.check(text, caller.kind === "NO_SESSION" ? "NO_SESSION" : "SESSION");
  }

  /** Charges the caller for an operation before it is executed. */
  async charge({ caller }: RequestContext, points: number): Promise<RequestRefused | null> {
    if (points === 0 || caller === null || caller.kind === "UNKNOWN") return null;
    return consume(caller.kind === "SESSION" ? this.work : this.anonymousWork, caller.key, points);
  }

  /** Refuses a valid operation that exceeds the limits of callers without a session. */
  refusalOfOperation(
    { caller }: RequestContext,
    { document, operation }: Operation,
    cost: number,
  ): RequestRefused | null {
    if (caller?.kind !== "NO_SESSION") return null;
    const { maxCost, maxAliases } = this.settings.anonymous;
    const isMore =
      (cost > maxCost && !isStandardIntrospection(document, operation)) || hasMoreAliases(document, maxAliases);
    return isMore ? asRefusal(new Unauthenticated(caller.reason)) : null;
  }

  private isTooLong(text: string): boolean {
    const { anonymous, introspection, maxTokens } = this.settings;
    if (this.documents.has(text) || countTokens(text, anonymous.maxTokens + 1) <= anonymous.maxTokens) return false;
    if (introspection !== true || !text.includes("__schema")) return true;
    const document = parsed(text, maxTokens);
    const operation = document && getOperationAST(document);
    return !document || !operation || !isStandardIntrospection(document, operation);
  }

  private async classify(context: RequestContext): Promise<CallerClass> {
    const { authorization } = context;
    if (authorization === undefined) return { kind: "NO_SESSION", key: context.address, reason: "MISSING" };
    const known = this.accepted.get(authorization);
    if (known !== undefined) return known;
    try {
      const caller: CallerClass = { kind: "SESSION", key: (await context.actorNow()).id };
      this.accepted.set(authorization, caller);
      return caller;
    } catch (error) {
      if (error instanceof Unauthenticated) return { kind: "NO_SESSION", key: context.address, reason: error.reason };
      return { kind: "UNKNOWN" };
    }
  }
}

interface Operation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** On HTTP 200, as in the dialect for every call that requires a session. */
export const asRefusal = ({ code, message, details }: Unauthenticated): RequestRefused =>
  new RequestRefused(code, message, 200, details);

async function consume(limiter: RateLimiterMemory, key: string, points: number): Promise<RequestRefused | null> {
  try {
    await limiter.consume(key, points);
    return null;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    return new RequestRefused("TOO_MANY_REQUESTS", `Too many requests; try again in ${retryAfterSeconds} s`, 429, {
      retryAfterSeconds,
    });
  }
}
