import { STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";

export const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === "websocket";

export const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0] ?? "/";

/** Headers that only mean something together with the upgrade. */
const OF_UPGRADE = new Set(["upgrade", "connection", "http2-settings"]);

/**
 * Has the request answered as if it had not asked for another protocol, which a server is free to do (RFC 9110,
 * 7.8). Node hands every such request to whoever listens for upgrades, but clients like Java's ask for HTTP/2 in
 * this way with every first request: it goes back to the server without that wish.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? "";
    if (!OF_UPGRADE.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[at + 1] ?? ""}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

/** Returns the handshake with an error, in plain HTTP. */
export function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...(status === 503 ? ["Retry-After: 5"] : []),
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${message}`);
}

/** The client's network address; what proxies say of it only where they are trusted, as for HTTP. */
export function addressOf({ headers, socket }: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? headers["x-forwarded-for"] : undefined;
  const farthest = [forwarded].flat()[0]?.split(",")[0]?.trim();
  return farthest || (socket.remoteAddress ?? "unknown");
}
