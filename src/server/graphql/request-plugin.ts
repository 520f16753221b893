import {
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLRequestListener,
} from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from "graphql";
import type { Logger } from "pino";
import type { RefusalTrail } from "../../kernel/audit-trail";
import { Forbidden } from "../../kernel/errors";
import { noteRefusal } from "../../kernel/note-refusal";
import { formatError } from "./errors";
import { refusalIn } from "./limits";
import type { OutageLog } from "../../infrastructure/outages/outage-log";
import type { Metrics } from "../../infrastructure/metrics/metrics";
import { namedObjects } from "./named-objects";
import type { RequestContext } from "./request-context";

export interface RequestPluginOptions {
  readonly log: Logger;
  readonly outages: OutageLog;
  readonly metrics: Metrics;
  readonly refusals?: RefusalTrail | undefined;
  /** Called after each mutation, before its response is sent: a client that has the response sees the change. */
  readonly forgetActors: () => void;
}

export interface RequestPlugin {
  readonly plugin: ApolloServerPlugin<RequestContext>;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  /** Formats errors that did not pass through Apollo, for clients. */
  readonly formatAll: (errors: readonly unknown[], context: RequestContext) => readonly GraphQLFormattedError[];
  /** Measures and logs one response. The plugin does so for Apollo's responses. */
  readonly answered: (context: RequestContext, answer: Answer) => void;
}

/** The response to one request. Document and operation are absent if there is no valid one. */
interface Answer {
  readonly document?: DocumentNode | undefined;
  readonly operation?: OperationDefinitionNode | undefined;
  /** `OK`, or the code of the first error. */
  readonly outcome: string;
  /** The Deployment or Workspace that a mutation names. */
  readonly named?: Readonly<Record<string, string>>;
}

/**
 * The server's work around each GraphQL request: distinguishes queries from mutations, and measures and logs the
 * response. It includes `formatError`: Apollo calls that without the request, so the plugin records beforehand which
 * request an error belongs to.
 */
export function requestPlugin({ log, outages, metrics, refusals, forgetActors }: RequestPluginOptions): RequestPlugin {
  const requestOf = new WeakMap<object, RequestContext>();

  function answered(context: RequestContext, { document, operation: node, outcome, named }: Answer): void {
    const type: string = node?.operation ?? "invalid";
    const operation = (document && node && rootField(document, node)) ?? "invalid";
    const ms = performance.now() - context.startedAtMs;
    metrics.graphqlRequest({ operation, type, outcome, seconds: ms / 1000 });

    const level = node?.operation === OperationTypeNode.MUTATION ? "info" : "debug";
    if (log.isLevelEnabled(level)) {
      const { requestId, clientRequestId, actorId } = context;
      const ids = { requestId, ...(clientRequestId !== undefined && { clientRequestId }) };
      log[level]({ ...ids, operation, ...named, actorId, ms: Math.round(ms * 10) / 10, outcome }, type);
    }
  }

  const listener: GraphQLRequestListener<RequestContext> = {
    async didResolveOperation({ operation, contextValue }) {
      contextValue.readsOnly = operation?.operation === OperationTypeNode.QUERY;
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION && contextValue.handover === null) {
        throw new GraphQLError("Subscriptions are served over a WebSocket, not over HTTP", {
          extensions: { code: "BAD_REQUEST", http: { status: 400 } },
        });
      }
    },
    async responseForOperation({ schema, document, operation, contextValue }) {
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION || contextValue.handover === null) return null;
      contextValue.handover.checked = { schema, document, operation };
      return { http: { status: 200, headers: new HeaderMap() }, body: { kind: "single", singleResult: {} } };
    },
    async didEncounterErrors({ errors, contextValue }) {
      for (const error of errors) requestOf.set(error, contextValue);
    },
    async willSendResponse(request) {
      const { document, operation, contextValue } = request;
      const isMutation = operation?.operation === OperationTypeNode.MUTATION;
      if (isMutation) forgetActors();
      // After a handover, the receiver reports the outcome.
      if (contextValue.handover?.checked == null)
        answered(contextValue, {
          document,
          operation,
          outcome: outcomeOf(request),
          ...(isMutation && { named: namedObjects(operation, request.request.variables) }),
        });
    },
  };

  const aroundOf = (error: unknown) => {
    const context = requestOf.get(error as object);
    return { outages, log: context?.log ?? log, requestId: context?.requestId ?? "unknown" };
  };

  const formatAny: RequestPlugin["formatError"] = (formatted, error) => {
    const original = unwrapResolverError(error);
    if (refusals !== undefined && original instanceof Forbidden)
      noteRefusal(refusals, original, String(formatted.path?.[0] ?? "unknown"));
    return refusalIn(error) ?? formatError(formatted, asBug(error), aroundOf(error));
  };

  return {
    answered,
    formatAll: (errors, context) =>
      errors.map((error) => {
        if (typeof error === "object" && error !== null) requestOf.set(error, context);
        const { message, ...rest } = error instanceof GraphQLError ? error.toJSON() : { message: "" };
        // An error without a path is about a variable that does not fit. Apollo uses the same codes.
        const code =
          error instanceof GraphQLError && error.path === undefined ? "BAD_USER_INPUT" : "INTERNAL_SERVER_ERROR";
        return formatAny({ message, ...rest, extensions: { code, ...rest.extensions } }, error);
      }),
    plugin: { requestDidStart: async () => listener },
    // Errors without a request are about its envelope, and were found before there is a context.
    formatError: formatAny,
  };
}

/**
 * GraphQL reports a value that its type cannot serialize as an error of its own, with the value in the message. That is
 * our bug and not the client's: messages about a client's arguments begin with "Argument ".
 */
function asBug(error: unknown): unknown {
  const inner = unwrapResolverError(error);
  const ofExecution = inner !== error && inner instanceof GraphQLError && inner.extensions["code"] === undefined;
  return ofExecution && !inner.message.startsWith("Argument ") ? new Error(inner.message, { cause: inner }) : error;
}

/** The first root field that the operation selects. Once the document is valid, it is a field of the schema. */
function rootField(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
  let selection = operation.selectionSet.selections[0];
  while (selection !== undefined && selection.kind !== Kind.FIELD) {
    const spread = selection;
    const inside =
      spread.kind === Kind.INLINE_FRAGMENT
        ? spread
        : document.definitions.find(
            (one): one is FragmentDefinitionNode =>
              one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === spread.name.value,
          );
    selection = inside?.selectionSet.selections[0];
  }
  return selection?.name.value;
}

function outcomeOf({ response }: GraphQLRequestContext<RequestContext>): string {
  const error = response.body?.kind === "single" ? response.body.singleResult.errors?.[0] : undefined;
  return error === undefined ? "OK" : String(error.extensions?.["code"]);
}
