import type { FastifyInstance } from "fastify";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { countedAddress } from "../../kernel/counted-address";
import { errorBody } from "../../infrastructure/http/http-errors";
import { RepeatedWarning } from "../../infrastructure/logging/repeated-warning";

export interface ConnectionLimits {
  /** Max connections of all addresses together. */
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Time after which a client that does not read its response is disconnected. */
  readonly idleTimeoutSeconds: number;
}

interface Tracked {
  readonly address: string;
  /** Bytes that the client has received. */
  taken: number;
  stalledSinceMs: number | null;
}

const RETRY_AFTER_SECONDS = 5;
const SWEEPS_PER_TIMEOUT = 10;

/**
 * Limits the connections of a server, of each address, and of clients that do not read. Behind a trusted proxy all
 * connections come from the proxy, which counts its own; there the running requests are counted by client instead.
 */
export function limitConnections(
  app: FastifyInstance,
  { isBehindProxy, ...limits }: ConnectionLimits & { readonly isBehindProxy: boolean },
  log: Logger,
): void {
  app.server.maxConnections = limits.maxConnections;
  const refused = new RepeatedWarning(log, "connections are refused: too many are open");
  app.server.on("drop", () => refused.report({ maxConnections: limits.maxConnections }));
  const openOf = trackSockets(app.server, isBehindProxy ? Infinity : limits.maxConnectionsPerAddress, refused);
  cutStalledReaders(app, openOf, limits.idleTimeoutSeconds * 1000);
  if (isBehindProxy) limitRequestsByClient(app, limits.maxConnectionsPerAddress, refused);
}

function trackSockets(server: Server, maxPerAddress: number, refused: RepeatedWarning): ReadonlyMap<Socket, Tracked> {
  const open = new Map<Socket, Tracked>();
  const byAddress = new AddressCounts();
  server.on("connection", (socket: Socket) => {
    // A request whose upgrade is ignored comes back to the server on the same socket.
    if (open.has(socket)) return;
    const address = countedAddress(socket.remoteAddress ?? "unknown");
    if (byAddress.of(address) >= maxPerAddress) {
      refused.report({ address, maxConnectionsPerAddress: maxPerAddress });
      return void socket.destroy();
    }
    byAddress.add(address, 1);
    open.set(socket, { address, taken: 0, stalledSinceMs: null });
    socket.once("close", () => {
      open.delete(socket);
      byAddress.add(address, -1);
    });
  });
  return open;
}

function cutStalledReaders(app: FastifyInstance, open: ReadonlyMap<Socket, Tracked>, timeoutMs: number): void {
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const [socket, tracked] of open) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken !== tracked.taken) tracked.stalledSinceMs = null;
      else tracked.stalledSinceMs ??= now;
      tracked.taken = taken;
      if (tracked.stalledSinceMs !== null && now - tracked.stalledSinceMs >= timeoutMs) socket.destroy();
    }
  }, timeoutMs / SWEEPS_PER_TIMEOUT).unref();
  app.addHook("onClose", async () => clearInterval(sweep));
}

function limitRequestsByClient(app: FastifyInstance, max: number, refused: RepeatedWarning): void {
  const inHand = new AddressCounts();
  app.addHook("onRequest", (request, reply, done) => {
    const address = countedAddress(request.ip);
    if (inHand.of(address) >= max) {
      refused.report({ address, maxConnectionsPerAddress: max });
      reply.code(503).headers({ connection: "close", "retry-after": RETRY_AFTER_SECONDS });
      return void reply.send(
        errorBody("Too many requests of this address are in hand; try again later", "UNAVAILABLE"),
      );
    }
    inHand.add(address, 1);
    reply.raw.once("close", () => inHand.add(address, -1));
    done();
  });
}

class AddressCounts {
  private readonly counts = new Map<string, number>();

  of(address: string): number {
    return this.counts.get(address) ?? 0;
  }

  add(address: string, change: 1 | -1): void {
    const count = this.of(address) + change;
    if (count === 0) this.counts.delete(address);
    else this.counts.set(address, count);
  }
}
