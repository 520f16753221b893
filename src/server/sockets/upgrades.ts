import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

export const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === "websocket";

/** Returns the path of the URL without a slash at its end. */
export const pathOf = ({ url = "/" }: IncomingMessage): string =>
  (url.split("?", 1)[0] ?? "/").replace(/(?<=.)\/$/, "");

/** Headers that only make sense together with the upgrade. */
const OF_UPGRADE = new Set(["upgrade", "connection", "http2-settings"]);

/**
 * Handles the request as if it had not asked for another protocol, which RFC 9110, 7.8 allows. Node passes every such
 * request to the `upgrade` listener, but clients like Java's ask for HTTP/2 in this way with every first request. So
 * the request goes back to the server without its upgrade headers.
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
