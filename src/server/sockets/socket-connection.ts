import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import type { AccessWatch } from "../../kernel/access-watch";
import { Unauthenticated } from "../../kernel/errors";
import type { GraphqlServer, Outcome } from "../graphql/graphql-server";
import { RequestContext, type Authenticate } from "../graphql/request-context";
import { CLOSE, type Connection } from "./transport";

/** Decides who may hold a connection, and for how long. */
export interface SocketGate {
  readonly authenticate: Authenticate;
  /** When accepted credentials expire, in milliseconds since the epoch; null if they do not. */
  readonly endOf: (authorization: string | undefined) => number | null;
  readonly watch: AccessWatch;
}

export interface SocketDependencies {
  readonly graphql: Pick<GraphqlServer, "operate">;
  readonly gate: SocketGate;
  readonly log: Logger;
}

const MAX_OPERATIONS = 50;
/** Max bytes that wait for a client that does not read. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const MAX_IN_ONE_TURN = 50;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A close frame has 125 bytes, two of them for the code (RFC 6455, 5.5). */
const LONGEST_REASON_BYTES = 123;

/**
 * One socket, whatever protocol it speaks. It belongs to one session, and is closed when that session ends. Credentials
 * are always required, because a connection lasts.
 */
export class SocketConnection implements Connection {
  private authorization: string | undefined;
  private accepted = false;
  private stopWatching: () => void = () => undefined;
  private expiry: NodeJS.Timeout | undefined;
  private sent = 0;
  /** Requests without a response so far, including those for which the client no longer waits. */
  private inHand = 0;

  /** @param handshake with credentials of its own: an `authorization` header, or the cookie of a page of ours */
  constructor(
    private readonly socket: WebSocket,
    private readonly handshake: { readonly address: string; readonly credentials: string | undefined },
    private readonly deps: SocketDependencies,
  ) {}

  /** Whether the credentials have been accepted. */
  get isAccepted(): boolean {
    return this.accepted;
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  async init(params: unknown): Promise<boolean> {
    const { gate } = this.deps;
    const authorization = authorizationIn(params) ?? this.handshake.credentials;
    try {
      await gate.authenticate(authorization, { fresh: true, address: this.handshake.address });
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      return false;
    }
    if (!this.isOpen) return false;
    this.authorization = authorization;
    this.accepted = true;
    this.stopWatching = gate.watch.onChange(() => void this.checkSession());
    this.expireAt(gate.endOf(authorization));
    return true;
  }

  async run(request: unknown, running: number, printsVerbatim = false): Promise<Outcome> {
    if (running > MAX_OPERATIONS || this.inHand >= MAX_OPERATIONS) {
      return refuse("TOO_MANY_OPERATIONS", `At most ${MAX_OPERATIONS} operations can go on over one connection`);
    }
    if (typeof request !== "object" || request === null || Array.isArray(request)) {
      return refuse("BAD_REQUEST", "The payload has to be an object with a query");
    }
    const { authorization } = this;
    const caller = { id: randomUUID(), ip: this.handshake.address, headers: { authorization }, printsVerbatim };
    const context = new RequestContext(caller, this.deps.gate.authenticate, this.deps.log, { checked: null });
    this.inHand++;
    try {
      return await this.deps.graphql.operate(request, context);
    } finally {
      this.inHand--;
    }
  }

  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) return void setImmediate(resolve);
      if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) {
        this.socket.terminate();
        return void setImmediate(resolve);
      }
      // Without pauses, a client that reads fast would be written to in one turn of the event loop, while all others
      // wait.
      const breathe = ++this.sent % MAX_IN_ONE_TURN === 0;
      this.socket.send(text, () => (breathe ? setImmediate(resolve) : resolve()));
    });
  }

  close(code: number, reason = ""): void {
    this.socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, LONGEST_REASON_BYTES)
        .toString()
        .replace(/\u{FFFD}$/u, ""),
    );
  }

  /** Must be called when the socket has closed. */
  closed(): void {
    this.stopWatching();
    clearTimeout(this.expiry);
  }

  private async checkSession(): Promise<void> {
    try {
      await this.deps.gate.authenticate(this.authorization, {
        fresh: false,
        address: this.handshake.address,
      });
    } catch (error) {
      // If the database is unreachable, the result is unknown; the next change, or the next half minute, checks again.
      if (error instanceof Unauthenticated) this.endSession();
    }
  }

  private expireAt(endMs: number | null): void {
    if (endMs === null) return;
    const leftMs = endMs - Date.now();
    if (leftMs <= 0) return this.endSession();
    this.expiry = setTimeout(() => this.expireAt(endMs), Math.min(leftMs, LONGEST_TIMER_MS)).unref();
  }

  private endSession(): void {
    this.close(CLOSE.forbidden, "The session has ended");
  }
}

const refuse = (code: string, message: string): Outcome => ({
  kind: "refused",
  errors: [{ message, extensions: { code } }],
});

/** Finds the `authorization` parameter, whose case differs between libraries. An empty one counts as absent. */
function authorizationIn(params: unknown): string | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  for (const [name, value] of Object.entries(params)) {
    if (name.toLowerCase() === "authorization" && typeof value === "string" && value !== "") return value;
  }
  return undefined;
}
