import { HeaderMap } from "@apollo/server";
import {
  createSourceEventStream,
  execute,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from "graphql";
import type { Logger } from "pino";
import { CompiledQueries, type CheckedQuery, type Variables } from "./compiled-queries";
import { countObjects } from "./object-budget";
import { shownRefusal, type RequestRefused } from "./limits";
import { storableVariables, unstorableVariable } from "./text-input";
import { Outage } from "../../kernel/outage";
import { refusalOf } from "../../infrastructure/outages/classify-outage";
import { Unavailable } from "../../kernel/errors";
import { createApollo, type ApolloOptions } from "./apollo";
import { ANSWER_WITHIN_MS, byDeadline } from "../http/deadline";
import { FormattedStream } from "./formatted-stream";
import type { RequestContext } from "./request-context";
import { requestPlugin, type RequestPluginOptions } from "./request-plugin";
import { WorkBudget, type WorkLimits } from "./work-budget";

export interface GraphqlServerOptions extends RequestPluginOptions {
  readonly schema: GraphQLSchema;
  readonly limits: ApolloOptions["limits"] & WorkLimits;
  readonly log: Logger;
  readonly answerWithinMs?: number | undefined;
}

interface GraphqlPost {
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
}

interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: string;
}

/** The outcome of an operation that did not come over HTTP. */
export type Outcome =
  /** The operation was not started. */
  | { readonly kind: "refused"; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: "answer"; readonly result: FormattedExecutionResult }
  /** Throws `StreamBroken` if it cannot continue. Ends at once when the reader leaves it. */
  | { readonly kind: "stream"; readonly results: AsyncGenerator<FormattedExecutionResult, void, undefined> };

/** Executes GraphQL requests, over HTTP and otherwise. */
export interface GraphqlServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  answer(post: GraphqlPost, context: RequestContext): Promise<GraphqlAnswer>;
  /**
   * Executes `{ query, variables, operationName }` in the same way, subscriptions included if the context has a
   * handover for them: they pass through Apollo until only subscribing is left to do.
   */
  operate(request: unknown, context: RequestContext): Promise<Outcome>;
}

const JSON_HEADERS = [["content-type", "application/json; charset=utf-8"]] as const;

/** Compiled code answers queries that came before; Apollo answers everything else, and every error (docs/adr/0005). */
export function createGraphqlServer({
  schema,
  limits,
  log,
  answerWithinMs = ANSWER_WITHIN_MS,
  ...around
}: GraphqlServerOptions): GraphqlServer {
  const { plugin, formatError, formatAll, answered } = requestPlugin({ log, ...around });
  const budget = new WorkBudget(limits);
  const compiled = new CompiledQueries<RequestContext>(
    async (query, variables, context) =>
      unstorableVariable(variables) === null && (await budget.refusalOf(query, variables, context)) === null,
    ({ caller }) => caller?.kind !== "NO_SESSION",
  );
  const plugins = [budget.plugin(), plugin, storableVariables(), compiled.plugin()];
  const apollo = createApollo({ schema, limits, documents: budget.documents, plugins, formatError, log });
  countObjects(schema);

  async function fromCompiledCode(
    { body, accept }: GraphqlPost,
    context: RequestContext,
  ): Promise<GraphqlAnswer | null> {
    if (!isPlainRequest(body) || !takesJson(accept)) return null;
    context.readsOnly = true;
    const answer = await compiled.execute(body, body.variables ?? {}, context);
    if (answer === null) {
      context.readsOnly = false;
      return null;
    }
    answered(context, { ...answer, outcome: "OK" });
    return { status: 200, headers: JSON_HEADERS, body: `${JSON.stringify({ data: answer.data })}\n` };
  }

  async function fromApollo(
    { body, contentType, accept }: GraphqlPost,
    context: RequestContext,
  ): Promise<GraphqlAnswer> {
    const headers = new HeaderMap();
    if (contentType !== undefined) headers.set("content-type", contentType);
    if (accept !== undefined) headers.set("accept", accept);
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: "POST", headers, search: "", body },
      context: async () => context,
    });
    if (answer.body.kind !== "complete")
      throw new Error("Apollo answered in parts, which needs directives that the schema lacks");
    return { status: answer.status ?? 200, headers: answer.headers, body: answer.body.string };
  }

  async function inFull(post: GraphqlPost, context: RequestContext): Promise<GraphqlAnswer> {
    const refusal = await budget.admit((post.body as Partial<PlainRequest> | null | undefined)?.query, context);
    if (refusal !== null) return refuse(refusal, context);
    const compiledAnswer = await fromCompiledCode(post, context);
    if (compiledAnswer !== null) return compiledAnswer;
    // Apollo would only repeat the work that exceeded the budget.
    return context.objects.refusal === null ? fromApollo(post, context) : refuse(context.objects.refusal, context);
  }

  function refuse(refusal: RequestRefused, context: RequestContext): GraphqlAnswer {
    answered(context, { outcome: refusal.code });
    const { retryAfterSeconds: wait } = refusal.details;
    const headers = wait === undefined ? JSON_HEADERS : [...JSON_HEADERS, ["retry-after", String(wait)] as const];
    return { status: refusal.status, headers, body: `${JSON.stringify({ errors: [shownRefusal(refusal)] })}\n` };
  }

  const unavailable = (error: unknown, context: RequestContext): GraphqlAnswer => ({
    status: 200,
    headers: JSON_HEADERS,
    body: `${JSON.stringify({ data: null, errors: formatAll([error], context) })}\n`,
  });

  function answer(post: GraphqlPost, context: RequestContext): Promise<GraphqlAnswer> {
    const answering = inFull(post, context).catch((error: unknown) => {
      // There is no operation yet: the caller could not be looked up.
      if (refusalOf(error) instanceof Unavailable) return unavailable(error, context);
      throw error;
    });
    return byDeadline(answering, answerWithinMs, () =>
      context.deadline.applies ? unavailable(new Outage("TOO_SLOW"), context) : null,
    );
  }

  async function operate(body: unknown, context: RequestContext): Promise<Outcome> {
    const json = "application/json";
    const { status, body: text } = await answer({ body, contentType: json, accept: json }, context);
    const checked = context.handover?.checked;
    if (checked != null) return follow(checked, variablesOf(body), context);
    const result = JSON.parse(text) as FormattedExecutionResult;
    return status === 200 ? { kind: "answer", result } : { kind: "refused", errors: result.errors ?? [] };
  }

  async function follow(checked: CheckedQuery, variableValues: Variables, context: RequestContext): Promise<Outcome> {
    const { document, operation } = checked;
    const operationName = operation.name?.value;
    const starting: Promise<Source> = createSourceEventStream({
      schema,
      document,
      operationName,
      variableValues,
      contextValue: context,
    }).catch(
      // Only a bug is thrown here; all other errors are in the result.
      (error: unknown) => ({ errors: [error] }),
    );
    const source = await byDeadline(starting, answerWithinMs, () => {
      void starting.then(endStream);
      return { errors: [new Outage("TOO_SLOW")] };
    });
    const errors = "errors" in source ? formatAll(source.errors ?? [], context) : [];
    answered(context, {
      document,
      operation,
      outcome: errors.length === 0 ? "OK" : String(errors[0]?.extensions?.["code"]),
    });
    if (!(Symbol.asyncIterator in source)) return { kind: "refused", errors };
    // Each event has a context of its own, or loaders would return their data of the first event for all others.
    const tell = async (event: unknown) =>
      execute({ schema, document, operationName, variableValues, rootValue: event, contextValue: context.afresh() });
    return { kind: "stream", results: new FormattedStream(source, tell, (broken) => formatAll(broken, context)) };
  }

  return { start: () => apollo.start(), stop: () => apollo.stop(), answer, operate };
}

type Source = AsyncIterable<unknown> | { readonly errors?: readonly unknown[] };

/** Ends the stream of a subscription that has been refused meanwhile. */
async function endStream(source: Source): Promise<void> {
  if (Symbol.asyncIterator in source) await source[Symbol.asyncIterator]().return?.();
}

const variablesOf = (body: unknown): Variables => (body as Partial<PlainRequest> | null)?.variables ?? {};

interface PlainRequest {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Variables | null;
}

/** Whether the body has nothing that Apollo would refuse, or treat in a way of its own. */
function isPlainRequest(body: unknown): body is PlainRequest {
  if (typeof body !== "object" || body === null) return false;
  const { query, operationName, variables, extensions } = body as Record<string, unknown>;
  return (
    typeof query === "string" &&
    (operationName == null || typeof operationName === "string") &&
    (variables == null || (typeof variables === "object" && !Array.isArray(variables))) &&
    extensions == null
  );
}

/**
 * Whether the client gets the usual media type: Apollo negotiates between two of them, and chooses the same one for all
 * these headers.
 */
const takesJson = (accept: string | undefined): boolean =>
  accept === undefined || accept === "*/*" || accept === "application/json";
