import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { buildSchema, isObjectType, type GraphQLSchema } from "graphql";
import { EventEmitter } from "node:events";
import { pino } from "pino";
import { Conflict, Forbidden, Unauthenticated } from "../../src/kernel/errors";
import type { Actor } from "../../src/kernel/permissions";
import type { GraphqlContext } from "../../src/infrastructure/graphql/context";
import {
  createApiServer,
  type ApiServer,
  type ApiServerOptions,
  type ApiServerSettings,
} from "../../src/server/api-server";
import { OutageLog } from "../../src/infrastructure/outages/outage-log";
import { Metrics } from "../../src/infrastructure/metrics/metrics";

const settings: ApiServerSettings = {
  host: "127.0.0.1",
  port: 0,
  endpoint: "/v1",
  subscriptions: "/ws",
  maxSockets: 100,
  maxSocketsPerAddress: 100,
  bodyLimitBytes: 20_000,
  anonymousBodyLimitBytes: 20_000,
  requestTimeoutSeconds: 30,
  uploadTimeoutSeconds: 3600,
  idleTimeoutSeconds: 300,
  maxConnections: 1000,
  maxConnectionsPerAddress: 1000,
  trustProxy: false,
  allowedOrigins: [],
  introspection: true,
  maxTokens: 500,
  maxDepth: 6,
  maxAliases: 3,
  maxCost: 300,
  maxObjects: 20_000,
  workPerMinute: 1_000_000,
  anonymous: {
    maxTokens: 50_000,
    maxAliases: 100,
    maxCost: 10_000,
    requestsPerSecond: 10_000,
    workPerMinute: 1_000_000,
  },
};
/** Stands in the message of every bug of the toy schema, and never in an answer. */
export const SECRET = "password=hunter2 at db";
const opened: ApiServer[] = [];

type Payload = NonNullable<InjectOptions["payload"]>;

/** Closes every server of the file; those that a test has closed itself stay closed. */
export const closeToyServers = () => Promise.all(opened.map((server) => server.close(1000).catch(() => undefined)));

/** A server over a toy schema, and everything it logged. */
export function startToyServer(changes: Partial<ApiServerSettings> = {}, options: Partial<ApiServerOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: "debug" },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const authenticated: (readonly [string | undefined, boolean])[] = [];
  let forgotten = 0;
  const server = createApiServer({
    schema: toySchema(),
    server: { ...settings, ...changes },
    authenticate: async (header, { fresh }) => {
      authenticated.push([header, fresh]);
      if (header !== "token") throw new Unauthenticated("MISSING");
      return { id: "u1", type: "USER", label: "Ada", grants: [] } as unknown as Actor;
    },
    sessions: { endOf: () => null, watch: { onChange: () => () => undefined } },
    forgetActors: () => void forgotten++,
    ready: async () => ({ ready: true, checks: { database: "ok" } }),
    version: "1.2.3",
    metrics: new Metrics({ version: "1.2.3" }),
    log,
    outages: new OutageLog(log),
    ...options,
  });
  opened.push(server);
  const post = (payload: Payload, headers: Record<string, string> = {}, url = "/v1"): Promise<LightMyRequestResponse> =>
    server.app.inject({ method: "POST", url, headers: { "content-type": "application/json", ...headers }, payload });
  const ask = (query: unknown, variables?: unknown, headers?: Record<string, string>) =>
    post({ query, variables }, headers);
  return { ...server, post, ask, lines, authenticated, forgotten: () => forgotten };
}

function toySchema(): GraphQLSchema {
  const schema = buildSchema(`
    type Query {
      number: Int!
      echo(text: String = "default"): String
      deep: Query
      page(first: Int = 10): [Query!]!
      me: String!
      meOrNull: String
      requestId: String!
      refused: String
      bug: String
      missing: String!
      wrong: Int
      slow(ms: Int!): Boolean!
      unhurried(ms: Int!): Boolean!
    }
    type Mutation { change: Int! bug: Int conflict: Int! }
    type Subscription { ticks(count: Int!, size: Int = 0): String! refused: Int! breaks: Int! bug: Int! silence: Int! }
  `);
  const fail = (error: Error) => () => Promise.reject(error);
  const resolvers: Record<
    string,
    (source: unknown, args: Record<string, unknown>, context: GraphqlContext) => unknown
  > = {
    number: () => 7,
    echo: (_source, { text }) => text,
    deep: () => ({}),
    page: (_source, { first }) => Array.from({ length: Number(first) }, () => ({})),
    me: async (_source, _args, context) => (await context.actor()).label,
    meOrNull: async (_source, _args, context) => (await context.actorOrNull())?.label,
    requestId: (_source, _args, context) => context.requestId,
    refused: fail(new Forbidden("deployment.get")),
    bug: fail(new Error(SECRET)),
    missing: () => null,
    wrong: () => "not a number",
    slow: (_source, { ms }) => {
      calls.emit("slow");
      return new Promise((resolve) => setTimeout(() => resolve(true), Number(ms)).unref());
    },
    unhurried: (_source, { ms }, context) => {
      context.liftDeadline();
      return new Promise((resolve) => setTimeout(() => resolve(true), Number(ms)).unref());
    },
    change: async (_source, _args, context) => (await context.actor()).label.length,
    conflict: fail(new Conflict("taken")),
  };
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) field.resolve = resolvers[field.name]!;
  }
  const streams: Record<string, (args: { count: number; size: number }) => AsyncGenerator<object>> = {
    async *ticks({ count, size }) {
      for (let tick = 0; tick < count; tick++) yield { ticks: String(tick).padEnd(size, " ") };
    },
    async *breaks() {
      throw new Forbidden("deployment.get");
    },
    async *bug() {
      throw new Error(SECRET);
    },
    silence: () => {
      silences.begun++;
      let leave: (result: IteratorResult<object>) => void;
      const end = { done: true, value: undefined } as const;
      return {
        next: () => new Promise((resolve) => (leave = resolve)),
        return: async () => {
          silences.ended++;
          leave?.(end);
          return end;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      } as unknown as AsyncGenerator<object>;
    },
  };
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const stream = streams[field.name];
    field.subscribe =
      stream === undefined
        ? fail(new Forbidden("deployment.get"))
        : (_source, args: { count: number; size: number }) => stream(args);
  }
  return schema;
}

/** Tells of each call of the toy's `slow` as its resolver begins. */
export const calls = new EventEmitter<{ slow: [] }>();

/** How many of the toy's silent streams were begun and left. */
export const silences = { begun: 0, ended: 0 };
