import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Transform, type Readable } from "node:stream";
import { errorBody } from "../../infrastructure/http/http-errors";
import { UnsupportedEncoding } from "../../infrastructure/http/json-bodies";
import { credentialsOf, type PageSessions } from "../http/page-sessions";
import type { Authenticate } from "./request-context";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Set on routes that limit their request bodies themselves. UPLOAD: the route reads the body and limits its size
     * and pace. OWN_TOKEN: the route has checked the sender in `onRequest`.
     */
    readonly body?: "UPLOAD" | "OWN_TOKEN";
  }
}

export interface BodyLimits {
  /** Max time for a whole request to arrive, uploads excepted. */
  readonly requestTimeoutSeconds: number;
  /** Max size of a body from a caller without a session. */
  readonly anonymousBodyLimitBytes: number;
}

/**
 * Limits what a client can make the server hold: the time that a body takes, and its size if the caller has no session.
 */
export function limitBodies(
  app: FastifyInstance,
  limits: BodyLimits,
  { authenticate, pageSessions }: { readonly authenticate: Authenticate; readonly pageSessions: PageSessions },
): void {
  const timeoutMs = limits.requestTimeoutSeconds * 1000;
  app.addHook("onRequest", (request, reply, done) => {
    const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
    if (!hasBody(request) || encoding === "" || encoding === "identity") return done();
    // RFC 9110, 15.5.16: the header names what is accepted.
    reply.headers({ connection: "close", "accept-encoding": "identity" });
    done(
      new UnsupportedEncoding("Compressed request bodies are not accepted; send the body without a Content-Encoding"),
    );
  });
  app.addHook("onRequest", (request, reply, done) => {
    if (hasBody(request) && request.routeOptions.config.body !== "UPLOAD") endWithin(timeoutMs, request, reply);
    done();
  });

  const maxBytes = limits.anonymousBodyLimitBytes;
  app.addHook("preParsing", (request, reply, payload, done) => {
    if (!hasBody(request) || request.routeOptions.config.body !== undefined) return done(null, payload);
    const { "content-length": length } = request.headers;
    if (Number(length) <= maxBytes) return done(null, payload);
    const credentials = credentialsOf(request, pageSessions);
    if (credentials === undefined) {
      if (length === undefined) return done(null, bounded(payload as Readable, maxBytes));
      reply.header("connection", "close");
      return done(tooLarge(maxBytes));
    }
    authenticate(credentials, { fresh: false, address: request.ip }).then(
      () => done(null, payload),
      (error: Error) => {
        reply.header("connection", "close");
        done(error);
      },
    );
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

function endWithin(timeoutMs: number, { raw }: FastifyRequest, reply: FastifyReply): void {
  const timer = setTimeout(() => {
    if (raw.complete || raw.readableEnded) return;
    if (reply.sent) return void raw.destroy();
    const message = `The request did not arrive whole within ${timeoutMs / 1000} s`;
    // The connection closes after the response, which ends the reading of the body.
    void reply.code(408).header("connection", "close").send(errorBody(message, "REQUEST_TIMEOUT"));
  }, timeoutMs).unref();
  const stop = (): void => clearTimeout(timer);
  raw.once("end", stop).once("close", stop);
}

function bounded(payload: Readable, maxBytes: number): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  payload.once("error", (error) => counted.destroy(error));
  return payload.pipe(counted);
}

const tooLarge = (maxBytes: number): Error =>
  Object.assign(new Error(`A request without a session has at most ${maxBytes} bytes; sign in first`), {
    statusCode: 413,
  });
