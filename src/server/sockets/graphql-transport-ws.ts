import { GraphQLError, GraphQLSchema, parse, type ExecutionResult } from "graphql";
import { makeServer, MessageType } from "graphql-ws";
import { StreamBroken } from "../graphql/formatted-stream";
import type { Outcome } from "../graphql/graphql-server";
import { parseObject } from "./parse-object";
import { CLOSE, type Connection, type Transport, type TransportOptions } from "./transport";

const TYPES_IN: ReadonlySet<unknown> = new Set([
  MessageType.ConnectionInit,
  MessageType.Subscribe,
  MessageType.Complete,
  MessageType.Ping,
  MessageType.Pong,
]);

/** A placeholder for the library, which requires something to execute. The operation itself has begun by then. */
const STAND_IN = { schema: new GraphQLSchema({}), document: parse("{ __typename }") };

/** The type of a message, as the library writes it. */
const TYPE_OUT = /^\{(?:"id":"(?:[^"\\]|\\.)*",)?"type":"(\w+)"/;

/**
 * The current protocol (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md), by its own library. The
 * library handles the messages; documents are checked and executed by the same code as over HTTP.
 */
export function graphqlTransportWs(connection: Connection, { initTimeoutMs, count }: TransportOptions): Transport {
  let receive: (text: string) => Promise<void> = async () => undefined;

  const server = makeServer({
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: ({ connectionParams }) => connection.init(connectionParams),
    onSubscribe: async ({ subscriptions }, _id, payload) => {
      const outcome = await connection.run(payload, Object.keys(subscriptions).length);
      if (outcome.kind !== "refused") return { ...STAND_IN, contextValue: outcome };
      const broken = new StreamBroken(outcome.errors);
      return [new GraphQLError(broken.message, { originalError: broken })];
    },
    execute: ({ contextValue }) => resultOf(contextValue as Exclude<Outcome, { kind: "refused" }>),
    // Results and errors are already in the form for clients.
    onNext: (_context, _id, _payload, _args, result) => result as object,
    onError: (_context, _id, _payload, [error]) =>
      error?.originalError instanceof StreamBroken ? error.originalError.errors : undefined,
  });

  const closed = server.opened(
    {
      protocol: "graphql-transport-ws",
      send: (text) => {
        count("out", TYPE_OUT.exec(text)?.[1] ?? "invalid");
        return connection.send(text);
      },
      close: (code = CLOSE.normal, reason) => connection.close(code, reason),
      onMessage: (listener) => (receive = listener),
    },
    undefined,
  );

  return {
    receive: async (text) => {
      const type = parseObject(text)?.["type"];
      const isKnown = TYPES_IN.has(type);
      count("in", isKnown ? String(type) : "invalid");
      if (isKnown) await receive(text);
      else connection.close(CLOSE.badRequest, "Invalid message received");
    },
    keepAlive: () => undefined,
    closed: () => closed(CLOSE.normal, ""),
  };
}

const resultOf = (outcome: Exclude<Outcome, { kind: "refused" }>): ExecutionResult | AsyncGenerator<ExecutionResult> =>
  (outcome.kind === "answer" ? outcome.result : outcome.results) as ExecutionResult | AsyncGenerator<ExecutionResult>;
