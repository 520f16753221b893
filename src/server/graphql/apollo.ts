import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { KnownDocuments } from "./known-documents";
import { maxAliases, maxDepth } from "./limits";
import { storableLiterals } from "./text-input";
import type { RequestContext } from "./request-context";
import type { RequestPlugin } from "./request-plugin";

/** Max fields of a document with its fragments written out, so that a few lines cannot unfold into millions. */
const MAX_SELECTIONS = 10_000;

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly limits: {
    readonly maxTokens: number;
    readonly maxDepth: number;
    readonly maxAliases: number;
    readonly introspection: boolean | "signed-in";
  };
  readonly documents: KnownDocuments;
  /** In the order in which their hooks are called. */
  readonly plugins: readonly ApolloServerPlugin<RequestContext>[];
  readonly formatError: RequestPlugin["formatError"];
  readonly log: Logger;
}

/** Apollo Server without the features that connect to external services or that clients of this API never use. */
export function createApollo({
  schema,
  limits,
  documents,
  plugins,
  formatError,
  log,
}: ApolloOptions): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema,
    formatError,
    logger: apolloLogger(log),
    // The server is the same everywhere, whatever the values of NODE_ENV and APOLLO_*.
    nodeEnv: "production",
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    introspection: limits.introspection !== false,
    // Removes "Did you mean …" from messages. The rest of a message stays, because clients look for it.
    hideSchemaDetailsFromClientErrors: limits.introspection === false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    documentStore: documents.store(),
    parseOptions: { maxTokens: limits.maxTokens },
    maxRecursiveSelections: MAX_SELECTIONS,
    validationRules: [maxDepth(limits.maxDepth), maxAliases(limits.maxAliases), storableLiterals],
    plugins: [...disabledPlugins(), ...plugins],
  });
}

const disabledPlugins = (): ApolloServerPlugin[] => [
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginLandingPageDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
];

const apolloLogger = (log: Logger) => ({
  debug: (message?: unknown) => log.debug(String(message)),
  info: (message?: unknown) => log.debug(String(message)),
  warn: (message?: unknown) => log.warn(String(message)),
  error: (message?: unknown) => log.error(String(message)),
});
