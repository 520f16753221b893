import { once } from "node:events";
import { createServer } from "node:http";

const RETRY_AFTER_SECONDS = 2;

export interface StartingServer {
  /** Releases the port for the server that takes over. May be called repeatedly. */
  close(): Promise<void>;
}

/**
 * Holds the port from the first moment of a start, so that a port in use is detected before anything is created.
 * Answers every request with 503 "starting" until the service itself listens. Liveness gets 200: the process is alive,
 * and a start that recovers or migrates a database may take long. Port 0 is not held.
 *
 * @throws the error of `listen`
 */
export async function startingServer({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<StartingServer> {
  if (port === 0) return { close: async () => undefined };
  const server = createServer((request, response) => {
    const alive = request.url?.endsWith("/healthz") === true;
    if (!alive) response.setHeader("retry-after", RETRY_AFTER_SECONDS);
    response.writeHead(alive ? 200 : 503, { "content-type": "application/json; charset=utf-8", connection: "close" });
    response.end(
      alive
        ? '{"status":"ok"}'
        : '{"status":"starting","errors":[{"message":"The service is starting","extensions":{"code":"UNAVAILABLE"}}]}',
    );
  });
  // Without this a client that asks for a WebSocket would get no response.
  server.on("upgrade", (_request, socket) =>
    socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"),
  );
  server.listen(port, host);
  await once(server, "listening");
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { close: () => (closing ??= close()) };
}
