import type { FormattedExecutionResult, GraphQLFormattedError } from "graphql";
import { StreamBroken } from "../graphql/formatted-stream";
import type { Outcome } from "../graphql/graphql-server";
import { parseObject } from "./parse-object";
import { CLOSE, type Connection, type Transport, type TransportOptions } from "./transport";

const TYPES_IN: ReadonlySet<unknown> = new Set(["connection_init", "start", "stop", "connection_terminate"]);

/** Refusals that other credentials might avoid. */
const ACCESS_CODES: ReadonlySet<unknown> = new Set(["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"]);

/** Undefined for the `astro` CLI, which sends no id. */
type Id = string | number | undefined;

interface Operation {
  results: AsyncGenerator<FormattedExecutionResult, void, undefined> | null;
  stopped: boolean;
}

/** The state of a connection. Operations that are started while the credentials are checked wait for the result. */
type State =
  | { readonly kind: "NEW" }
  | { readonly kind: "OPEN"; readonly accepted: Promise<boolean> }
  | { readonly kind: "CLOSED" };

/**
 * The older protocol, with the subprotocol's name `graphql-ws`
 * (https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md), as far as clients use it. Its
 * library is no longer maintained; this class follows the library, and the `astro` CLI where the two differ:
 *
 * - `start` may follow `connection_init` directly, before any acknowledgement, and without an `id`.
 * - Every payload is an object, including that of `error`, which holds one error: otherwise the CLI ends.
 * - An operation without an id has its connection to itself: once it has ended by itself, the connection is closed.
 *   Such a client could not know which operation has ended, and the CLI would wait forever. The CLI also prints text
 *   without adding an end of line, so the text has to contain it.
 */
export class SubscriptionsTransportWs implements Transport {
  private state: State = { kind: "NEW" };
  private readonly running = new Map<Id, Operation>();
  private readonly initTimeout: NodeJS.Timeout;

  constructor(
    private readonly connection: Connection,
    private readonly options: TransportOptions,
  ) {
    this.initTimeout = setTimeout(
      () => connection.close(CLOSE.initTimeout, "Connection initialisation timeout"),
      options.initTimeoutMs,
    ).unref();
  }

  async receive(text: string): Promise<void> {
    const message = parseObject(text);
    const type = message?.["type"];
    this.options.count("in", TYPES_IN.has(type) ? String(type) : "invalid");
    const id = message?.["id"];
    if (message === null || !isId(id)) return this.connection.close(CLOSE.badRequest, "Invalid message received");

    switch (type) {
      case "connection_init":
        return this.open(message["payload"]);
      case "start":
        return this.start(id, message["payload"]);
      case "stop":
        return this.stop(id);
      case "connection_terminate":
        return this.connection.close(CLOSE.normal);
      default:
        return this.send("error", id, { message: "Invalid message type!" });
    }
  }

  keepAlive(): void {
    if (this.state.kind === "OPEN") void this.send("ka");
  }

  async closed(): Promise<void> {
    this.state = { kind: "CLOSED" };
    clearTimeout(this.initTimeout);
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
  }

  private async open(params: unknown): Promise<void> {
    if (this.state.kind !== "NEW") return this.connection.close(CLOSE.tooManyInits, "Too many initialisation requests");
    clearTimeout(this.initTimeout);
    const accepted = this.connection.init(params);
    this.state = { kind: "OPEN", accepted };
    if (await accepted) {
      // Both are sent before any message of the operations that have been waiting.
      void this.send("connection_ack");
      return this.send("ka");
    }
    await this.send("connection_error", undefined, { message: "The credentials are missing, invalid or expired" });
    this.connection.close(CLOSE.forbidden, "Forbidden");
  }

  private async start(id: Id, payload: unknown): Promise<void> {
    if (this.state.kind !== "OPEN") return this.connection.close(CLOSE.unauthorized, "Unauthorized");
    // As in the library, an operation with the same id replaces the earlier one.
    await this.stop(id);
    const operation: Operation = { results: null, stopped: false };
    this.running.set(id, operation);
    const running = this.running.size;
    // `open` reports its errors.
    const accepted = await this.state.accepted.catch(() => false);
    if (!accepted || operation.stopped) return;

    const outcome = await this.connection.run(payload, running, id === undefined);
    const error = await this.deliver(id, operation, outcome);
    if (operation.stopped) return;
    this.running.delete(id);
    if (error === null) await this.send("complete", id);
    else await this.send("error", id, error);
    if (id === undefined) this.closeAfter(error);
  }

  /** Sends all results of the operation. Returns the error that has ended it, or null. */
  private async deliver(id: Id, operation: Operation, outcome: Outcome): Promise<GraphQLFormattedError | null> {
    if (outcome.kind === "refused") return first(outcome.errors);
    if (outcome.kind === "answer") {
      if (!operation.stopped) await this.send("data", id, outcome.result);
      return null;
    }
    operation.results = outcome.results;
    if (operation.stopped) await outcome.results.return();
    try {
      for await (const result of outcome.results) await this.send("data", id, result);
      return null;
    } catch (error) {
      if (error instanceof StreamBroken) return first(error.errors);
      throw error;
    }
  }

  private async stop(id: Id): Promise<void> {
    const operation = this.running.get(id);
    if (operation === undefined) return;
    this.running.delete(id);
    operation.stopped = true;
    await operation.results?.return();
  }

  private closeAfter(error: GraphQLFormattedError | null): void {
    if (error === null) return this.connection.close(CLOSE.normal);
    const code = ACCESS_CODES.has(error.extensions?.["code"]) ? CLOSE.forbidden : CLOSE.badRequest;
    this.connection.close(code, error.message);
  }

  private async send(type: string, id?: Id, payload?: object): Promise<void> {
    this.options.count("out", type);
    await this.connection.send(
      JSON.stringify({ ...(id !== undefined && { id }), type, ...(payload !== undefined && { payload }) }),
    );
  }
}

const isId = (id: unknown): id is Id => id === undefined || typeof id === "string" || typeof id === "number";

const first = (errors: readonly GraphQLFormattedError[]): GraphQLFormattedError =>
  errors[0] ?? { message: "The operation was refused" };
