import type { Outcome } from "../graphql/graphql-server";

/** Codes from 4000 on are those of graphql-transport-ws, used for the older protocol too, which has none of its own. */
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

/** The side of a socket that a protocol works on. */
export interface Connection {
  /** Whether the parameters of the first message, or else the handshake, hold valid credentials. */
  init(params: unknown): Promise<boolean>;
  /**
   * @param running how many operations the client has going, this one included
   * @param printsVerbatim see GraphqlContext
   */
  run(request: unknown, running: number, printsVerbatim?: boolean): Promise<Outcome>;
  /**
   * Settles once the message is on its way, or the socket gone: whoever waits for it goes no faster than the client
   * reads.
   */
  send(text: string): Promise<void>;
  close(code: number, reason?: string): void;
}

/** One protocol over one socket. */
export interface Transport {
  /** Takes one text message. */
  receive(text: string): Promise<void>;
  /** Called from time to time, for protocols that say in a message of their own that they are alive. */
  keepAlive(): void;
  /** The socket has closed: ends whatever goes on. */
  closed(): Promise<void>;
}

export interface TransportOptions {
  readonly initTimeoutMs: number;
  /** Every message that comes or goes, by its type; `invalid` if it is none of the protocol's. */
  readonly count: (direction: "in" | "out", type: string) => void;
}
