import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { inexactNumberIn, MAX_EXACT } from "../../infrastructure/http/exact-numbers";
import { refusalOf } from "../../infrastructure/outages/classify-outage";
import { Unavailable } from "../../kernel/errors";
import type { OutageLog } from "../../infrastructure/outages/outage-log";
import { countedAddress } from "../../kernel/counted-address";
import type { Metrics } from "../../infrastructure/metrics/metrics";
import { clientAddressOf, hostOf, type TrustProxy } from "../http/client-address";
import { answerOnSocket } from "../http/parser-refusals";
import type { PageSessions } from "../http/page-sessions";
import { graphqlTransportWs } from "./graphql-transport-ws";
import { SocketConnection, type SocketDependencies } from "./socket-connection";
import { SubscriptionsTransportWs } from "./subscriptions-transport-ws";
import { CLOSE, type Connection, type Transport, type TransportOptions } from "./transport";
import { ignoreUpgrade, isWebSocket, pathOf } from "./upgrades";

/** Transports by the name of the subprotocol; the first known one that a client offers is used. */
const PROTOCOLS: Readonly<Record<string, (connection: Connection, options: TransportOptions) => Transport>> = {
  "graphql-transport-ws": graphqlTransportWs,
  "graphql-ws": (connection, options) => new SubscriptionsTransportWs(connection, options),
};

interface SocketServerSettings {
  readonly subscriptions: string;
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
  readonly bodyLimitBytes: number;
  readonly anonymousBodyLimitBytes: number;
}

export interface SocketTimes {
  /** Max wait for the first message. */
  readonly initTimeoutMs: number;
  /** Interval of pings. A client that does not answer before the next ping is disconnected. */
  readonly pingEveryMs: number;
}

/** Pings keep connections from being closed by proxies, which commonly do so after a minute of silence. */
const TIMES: SocketTimes = { initTimeoutMs: 3_000, pingEveryMs: 20_000 };

export interface SocketServerOptions extends SocketDependencies {
  readonly settings: SocketServerSettings;
  readonly pageSessions: PageSessions;
  readonly trust: TrustProxy | false;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly outages: OutageLog;
  readonly times?: SocketTimes | undefined;
}

interface Open {
  readonly transport: Transport;
  /** Whether the client has sent anything since the last ping. */
  alive: boolean;
}

/** GraphQL over WebSocket, at one path, in two protocols. */
export class SocketServer {
  private readonly server: WebSocketServer;
  private readonly times: SocketTimes;
  private readonly open = new Map<WebSocket, Open>();
  private readonly openByAddress = new Map<string, number>();
  private pings: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(private readonly options: SocketServerOptions) {
    this.times = options.times ?? TIMES;
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: options.settings.bodyLimitBytes,
      handleProtocols: (offered) => [...offered].find((name) => Object.hasOwn(PROTOCOLS, name)) ?? false,
    });
    this.server.on("wsClientError", (error, socket) => answerOnSocket(socket, 400, error.message));
  }

  attach(http: Server): void {
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!isWebSocket(request) || pathOf(request) !== this.options.settings.subscriptions) {
        return ignoreUpgrade(http, request, socket, head);
      }
      socket.on("error", () => socket.destroy());
      this.upgrade(request, socket, head);
    });
  }

  /** Sends every client a close frame, and terminates the sockets that are still open after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    clearInterval(this.pings);
    const { clients } = this.server;
    const gone = [...clients].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
    for (const socket of clients) socket.close(CLOSE.goingAway, "The server is stopping");
    const cut = setTimeout(() => {
      for (const socket of clients) socket.terminate();
    }, graceMs);
    await Promise.all(gone);
    clearTimeout(cut);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { maxSockets, maxSocketsPerAddress } = this.options.settings;
    const address = clientAddressOf(request, this.options.trust);
    const counted = countedAddress(address);
    if (this.closing) return answerOnSocket(socket, 503, "The server is stopping");
    if (this.server.clients.size >= maxSockets || (this.openByAddress.get(counted) ?? 0) >= maxSocketsPerAddress) {
      return answerOnSocket(socket, 503, "Too many connections are open; try again later");
    }
    this.server.handleUpgrade(request, socket, head, (opened) => {
      const { headers } = request;
      const credentials =
        headers.authorization ??
        this.options.pageSessions.ofHandshake({ headers, host: hostOf(request, this.options.trust) });
      const connection = this.opened(opened, address, credentials);
      if (connection !== null) this.boundUntilAccepted(socket, opened, connection);
    });
  }

  /**
   * Limits the bytes that a socket may send before its session is accepted, because a message is held in memory until
   * its end.
   */
  private boundUntilAccepted(raw: Duplex, socket: WebSocket, connection: SocketConnection): void {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      // A socket that is closing has already sent its reason.
      if (connection.isAccepted || socket.readyState !== socket.OPEN) return void raw.off("data", count);
      bytes += chunk.length;
      if (bytes <= this.options.settings.anonymousBodyLimitBytes) return;
      raw.off("data", count);
      // In a later turn, because ws closes the socket with a reason if the message exceeds the limit for all callers.
      setImmediate(() => {
        if (socket.readyState === socket.OPEN) socket.terminate();
      });
    };
    raw.on("data", count);
  }

  private opened(socket: WebSocket, address: string, credentials: string | undefined): SocketConnection | null {
    const { metrics } = this.options;
    const transportOf = PROTOCOLS[socket.protocol];
    // ws reports here why it closes the socket: a message that is too large, or a broken frame.
    socket.on("error", () => undefined);
    if (transportOf === undefined) {
      socket.close(CLOSE.protocolNotAcceptable, "Subprotocol not acceptable");
      return null;
    }

    const connection = new SocketConnection(socket, { address, credentials }, this.options);
    const transport = transportOf(connection, {
      initTimeoutMs: this.times.initTimeoutMs,
      count: (direction, type) => metrics.socketMessage(direction, type),
    });
    const entry: Open = { transport, alive: true };
    this.open.set(socket, entry);
    const counted = countedAddress(address);
    this.openByAddress.set(counted, (this.openByAddress.get(counted) ?? 0) + 1);
    metrics.socketOpened(socket.protocol);
    this.pings ??= setInterval(() => this.ping(), this.times.pingEveryMs).unref();

    socket.on("pong", () => (entry.alive = true));
    socket.on("message", (data: RawData, isBinary: boolean) => {
      entry.alive = true;
      if (isBinary) return connection.close(CLOSE.unsupportedData, "Messages have to be text");
      // Text arrives in one buffer as long as binaryType is not changed.
      const text = (data as Buffer).toString("utf8");
      if (inexactNumberIn(text) !== null)
        return connection.close(CLOSE.badRequest, `Send integers above ${MAX_EXACT} as text`);
      void this.guard(connection, transport.receive(text));
    });
    socket.once("close", () => {
      this.open.delete(socket);
      this.leave(counted);
      metrics.socketClosed(socket.protocol);
      connection.closed();
      void this.guard(connection, transport.closed());
    });
    return connection;
  }

  /** Handles an error in the processing of a message, which is an outage or a bug. */
  private async guard(connection: SocketConnection, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal instanceof Unavailable) {
        this.options.outages.report(refusal, "socket");
        return connection.close(CLOSE.tryAgainLater, refusal.message);
      }
      this.options.log.error({ err: error }, "a message over a socket could not be handled");
      connection.close(CLOSE.internalError, "Internal server error");
    }
  }

  private ping(): void {
    for (const [socket, entry] of this.open) {
      if (!entry.alive) {
        socket.terminate();
        continue;
      }
      entry.alive = false;
      socket.ping();
      entry.transport.keepAlive();
    }
  }

  private leave(address: string): void {
    const left = (this.openByAddress.get(address) ?? 1) - 1;
    if (left === 0) this.openByAddress.delete(address);
    else this.openByAddress.set(address, left);
  }
}
