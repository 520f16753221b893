import type { FastifyInstance } from "fastify";
import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { codeOf, errorBody } from "../../infrastructure/http/http-errors";

const RETRY_AFTER_SECONDS = 5;

/**
 * Writes an error response to a socket that has no response object, because the HTTP parser or the WebSocket server has
 * refused the request. Then closes the connection.
 */
export function answerOnSocket(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify(errorBody(message, codeOf(status)));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    "Content-Type: application/json; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_SECONDS}`] : []),
  ];
  // Unread data would make the close reset the connection, and the client might lose the response.
  socket.resume();
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** A socket of Node's HTTP server, with the response that is being written to it. */
type ServerSocket = Duplex & { readonly _httpMessage?: ServerResponse | null };

/** Answers requests that Node's HTTP parser refuses, in the form of all other errors. */
export function answerParserErrors(error: NodeJS.ErrnoException, socket: ServerSocket): void {
  // Like Node's own handler, which this one replaces: a response that has begun cannot become another one.
  if (error.code === "ECONNRESET" || socket._httpMessage?.headersSent) return void socket.destroy();
  // A response with `Connection: close` has been written, and Node closes the socket after it.
  if (!socket.writable) return;
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") answerOnSocket(socket, 408, "The request did not arrive in time");
  else if (error.code === "HPE_HEADER_OVERFLOW")
    answerOnSocket(socket, 431, "The headers of the request are too large");
  else answerOnSocket(socket, 400, "This is not a well-formed HTTP request");
}

/** Refuses HTTP/1.1 requests without a Host header. Node's own check is off, because its response has no body. */
export function requireHost(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (request.raw.httpVersion !== "1.1" || request.headers.host !== undefined) return done();
    void reply
      .code(400)
      .header("connection", "close")
      .send(errorBody("A request needs a Host header", codeOf(400)));
  });
}
