import type { Outcome } from "../graphql/graphql-server";

/**
 * Codes from 4000 on are those of graphql-transport-ws. The older protocol, which has none of its own, uses them too.
 */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  unsupportedData: 1003,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  protocolNotAcceptable: 4406,
  initTimeout: 4408,
  tooManyInits: 4429,
  internalError: 4500,
} as const;

/** The socket, as a protocol uses it. */
export interface Connection {
  /** Returns whether the parameters of the first message, or else the handshake, contain valid credentials. */
  init(params: unknown): Promise<boolean>;
  /**
   * @param running number of operations that the client has running, this one included
   * @param printsVerbatim see GraphqlContext
   */
  run(request: unknown, running: number, printsVerbatim?: boolean): Promise<Outcome>;
  /**
   * Resolves once the message is written out, or the socket gone: a sender that waits for it goes no faster than the
   * client reads.
   */
  send(text: string): Promise<void>;
  close(code: number, reason?: string): void;
}

/** One protocol over one socket. */
export interface Transport {
  /** Handles one text message. */
  receive(text: string): Promise<void>;
  /** Called from time to time, for protocols with a keep-alive message of their own. */
  keepAlive(): void;
  /** Called when the socket has closed: ends all running operations. */
  closed(): Promise<void>;
}

export interface TransportOptions {
  readonly initTimeoutMs: number;
  /** Counts every message received or sent, by its type; `invalid` if the protocol does not have the type. */
  readonly count: (direction: "in" | "out", type: string) => void;
}
