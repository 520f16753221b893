import cors from "@fastify/cors";
import fastify, { type FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { CallerLimitsSettings } from "./graphql/caller-limits";
import type { RefusalTrail } from "../kernel/audit-trail";
import type { OutageLog } from "../infrastructure/outages/outage-log";
import { ANSWER_WITHIN_MS, limitTime } from "./http/deadline";
import { graphqlRoutes, leadToExplorer } from "./graphql/graphql-routes";
import { createGraphqlServer } from "./graphql/graphql-server";
import { cleanForwardedFor, trustOf, type TrustedProxies } from "./http/client-address";
import { limitConnections, type ConnectionLimits } from "./http/connection-limits";
import { answerParserErrors, requireHost } from "./http/parser-refusals";
import { withoutTrailingSlash } from "./http/trailing-slashes";
import { healthRoutes, type HealthRoutesOptions, type Readiness } from "./http/health-routes";
import { NO_PAGE_SESSIONS, type PageSessions } from "./http/page-sessions";
import { answerErrors, answerUnknownRoute, errorBody } from "../infrastructure/http/http-errors";
import { parseJsonBodies } from "../infrastructure/http/json-bodies";
import type { Metrics } from "../infrastructure/metrics/metrics";
import { limitBodies, type BodyLimits } from "./graphql/request-bodies";
import type { Authenticate } from "./graphql/request-context";
import type { SocketGate } from "./sockets/socket-connection";
import { SocketServer, type SocketTimes } from "./sockets/socket-server";
import { webClientRoutes, type WebClientOptions } from "./web-client/web-client-routes";

/** Every response has them. Routes whose responses may be kept, or come with more, set their own. */
const DEFAULT_HEADERS = { "x-content-type-options": "nosniff", "cache-control": "no-store" };
const SWEEP_IDLE_EVERY_MS = 50;
/** Max interval between two checks of Node for headers and requests that take too long. */
const MAX_CHECK_INTERVAL_MS = 5_000;
/** A route ends its own uploads, with a response. After this extra time Node ends those that the route has missed. */
const LAST_RESORT_SECONDS = 60;

const TRUSTS_ALL =
  "webserver.trustProxy is true: unless the proxy overwrites X-Forwarded-For, clients choose the address by which they are limited and audited. Set the number of proxies, or their networks";

export interface ApiServerSettings extends BodyLimits, ConnectionLimits {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The port of health and metrics; absent: that of the API. 0 takes any free port. */
  readonly operatorPort?: number | undefined;
  readonly endpoint: string;
  /** Path of the WebSocket. */
  readonly subscriptions: string;
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
  readonly bodyLimitBytes: number;
  readonly trustProxy: TrustedProxies;
  /** Max time for an upload, which is the longest of all requests. */
  readonly uploadTimeoutSeconds: number;
  readonly allowedOrigins: readonly string[];
  readonly introspection: boolean | "signed-in";
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxCost: number;
  readonly maxObjects: number;
  readonly workPerMinute: number;
  readonly anonymous: CallerLimitsSettings["anonymous"];
}

export interface ApiServerOptions {
  readonly schema: GraphQLSchema;
  readonly server: ApiServerSettings;
  readonly authenticate: Authenticate;
  /** Sessions in cookies, which browsers send by themselves; by default none is taken. */
  readonly pageSessions?: PageSessions;
  /** The built web client; without one `/` leads browsers to the explorer. */
  readonly webClient?: WebClientOptions | undefined;
  /** Limits how long a session may hold a socket. */
  readonly sessions: Omit<SocketGate, "authenticate">;
  readonly socketTimes?: SocketTimes;
  /** Called after each mutation, which may have changed permissions. */
  readonly forgetActors: () => void;
  readonly ready: () => Promise<Readiness>;
  readonly version: string;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly outages: OutageLog;
  /** Where calls are noted that their callers lack the permission for; by default nowhere. */
  readonly refusals?: RefusalTrail | undefined;
  /** Requests that take longer are refused with UNAVAILABLE. */
  readonly answerWithinMs?: number | undefined;
}

export interface ApiServer {
  /** For routes of features, added before `listen`, and for requests without a socket in tests. */
  readonly app: FastifyInstance;
  /** Health and metrics, if they have a port of their own. */
  readonly operators: FastifyInstance | null;
  readonly listen: () => Promise<{ readonly url: string; readonly operatorUrl?: string }>;
  /** Takes no new connections, closes sockets, lets running requests finish within `graceMs`, then cuts them off. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** The HTTP server of the API. Every response has an `x-request-id`, which is chosen here. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const {
    schema,
    server,
    authenticate,
    pageSessions = NO_PAGE_SESSIONS,
    forgetActors,
    log,
    outages,
    refusals,
    metrics,
    answerWithinMs = ANSWER_WITHIN_MS,
  } = options;
  const answerError = answerErrors(log, outages, refusals);
  const trust = trustOf(server.trustProxy);
  const app = fastify({
    logger: false,
    bodyLimit: server.bodyLimitBytes,
    trustProxy: trust,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply.headers({ ...DEFAULT_HEADERS, "x-request-id": request.id }));
    },
    clientErrorHandler: answerParserErrors,
    rewriteUrl: ({ url = "/" }) => withoutTrailingSlash(url, server),
    requestTimeout: (server.uploadTimeoutSeconds + LAST_RESORT_SECONDS) * 1000,
    http: {
      headersTimeout: server.requestTimeoutSeconds * 1000,
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(server.requestTimeoutSeconds * 500, MAX_CHECK_INTERVAL_MS),
    },
  });
  addDefaultHeaders(app);
  if (trust !== false) cleanForwardedFor(app);
  limitConnections(app, { ...server, isBehindProxy: trust !== false }, log);
  requireHost(app);
  app.removeContentTypeParser(["text/plain", "application/json"]);
  parseJsonBodies(app, "application/json");
  app.setErrorHandler(answerError);
  const clientPages = options.webClient === undefined ? null : webClientRoutes(app, options.webClient);
  app.setNotFoundHandler(clientPages ?? answerUnknownRoute);
  limitTime(app, answerWithinMs, (error, request, reply) => answerError(error, request, reply));
  limitBodies(app, server, { authenticate, pageSessions });
  if (server.allowedOrigins.length > 0) {
    app.register(cors, {
      origin: server.allowedOrigins.includes("*") ? "*" : [...server.allowedOrigins],
      methods: ["GET", "POST"],
      allowedHeaders: ["authorization", "content-type", "x-request-id"],
      exposedHeaders: ["x-request-id"],
      maxAge: 600,
    });
  }

  const graphql = createGraphqlServer({
    schema,
    limits: server,
    log,
    outages,
    refusals,
    metrics,
    forgetActors,
    answerWithinMs,
  });
  let started = false;
  app.addHook("onReady", async () => {
    await graphql.start();
    started = true;
  });
  const sockets = new SocketServer({
    settings: server,
    trust,
    graphql,
    gate: { ...options.sessions, authenticate },
    pageSessions,
    metrics,
    log,
    outages,
    times: options.socketTimes,
  });
  sockets.attach(app.server);
  app.get(server.subscriptions, async (_request, reply) =>
    reply
      .code(426)
      .header("upgrade", "websocket")
      .send(errorBody("This path takes WebSockets only", "UPGRADE_REQUIRED")),
  );
  graphqlRoutes(app, { endpoint: server.endpoint, graphql, authenticate, pageSessions, log });
  if (clientPages === null) leadToExplorer(app, server.endpoint);
  const health = { ...options, endpoint: server.endpoint };
  healthRoutes(app, health, server.operatorPort === undefined ? "OPERATORS" : "PUBLIC");
  const operators = server.operatorPort === undefined ? null : createOperatorServer(health, answerError);

  return {
    app,
    operators,
    listen: async () => {
      if (server.trustProxy === true) log.warn(TRUSTS_ALL);
      const { host, port, operatorPort } = server;
      const operatorUrl = await operators?.listen({ host, port: operatorPort! });
      const url = await app.listen({ host, port });
      return operatorUrl === undefined ? { url } : { url, operatorUrl };
    },
    close: async (graceMs) => {
      await Promise.all([closeWithin(app, graceMs), sockets.close(graceMs)]);
      // Last, so that probes and the scraper see the end.
      if (operators !== null) await closeWithin(operators, 0);
      if (started) await graphql.stop();
    },
  };
}

/** Serves health and metrics on a port of its own, which a network policy can keep to the inside. */
function createOperatorServer(
  health: HealthRoutesOptions,
  answerError: ReturnType<typeof answerErrors>,
): FastifyInstance {
  const app = fastify({ logger: false, genReqId: () => randomUUID() });
  addDefaultHeaders(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerUnknownRoute);
  healthRoutes(app, health, "OPERATORS");
  return app;
}

function addDefaultHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers({ ...DEFAULT_HEADERS, "x-request-id": request.id });
    done();
  });
}

async function closeWithin(app: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  // A connection kept alive after its last response would otherwise keep the server open until it times out.
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_IDLE_EVERY_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}
