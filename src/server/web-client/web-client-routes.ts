import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { join } from "node:path";
import { answerUnknownRoute } from "../../infrastructure/http/http-errors";
import { readClientPage, type ClientEndpoints, type ClientPage } from "./client-page";

export interface WebClientOptions {
  /** Where the built client is: `index.html`, `assets/`. */
  readonly folder: string;
  readonly endpoints: ClientEndpoints;
  /** The origin that people are led to from that host; null where the client is served. */
  readonly leadsTo: (host: string) => string | null;
}

/** Paths of the client's pages; `/*` stands for anything below. Each new page of the client has to be in this list. */
const PAGES = ["/", "/sign-in", "/deployments/*", "/system/*"] as const;

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const FILE_HEADERS = { "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin" };

const PAGE_HEADERS = {
  ...FILE_HEADERS,
  "content-security-policy": CSP,
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cache-control": "no-cache",
};

/**
 * Serves the files of the built client, and returns the handler of its pages; null if there is no built client. The handler is
 * for requests that no route has: a release's name may begin a path too, so that a Deployment called "system" keeps
 * its downloads.
 */
export function webClientRoutes(
  app: FastifyInstance,
  { folder, endpoints, leadsTo }: WebClientOptions,
): ((request: FastifyRequest, reply: FastifyReply) => void) | null {
  const page = readClientPage(folder, endpoints);
  if (page === null) return null;
  app.register(fastifyStatic, {
    root: join(folder, "assets"),
    prefix: "/assets/",
    // A route for each file, for the same reason.
    wildcard: false,
    index: false,
    preCompressed: true,
    maxAge: "1y",
    immutable: true,
    decorateReply: false,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries({ ...FILE_HEADERS, vary: "accept-encoding" }))
        response.setHeader(name, value);
    },
  });
  return (request, reply) => {
    if (!isPage(request)) return answerUnknownRoute(request, reply);
    const origin = leadsTo(request.host);
    if (origin === null) return sendPage(request, reply, page);
    reply.header("cache-control", "no-store").redirect(`${origin}${request.url}`, 303);
  };
}

function isPage({ method, url }: FastifyRequest): boolean {
  const [path = ""] = url.split("?", 1);
  return (
    (method === "GET" || method === "HEAD") &&
    PAGES.some((page) => (page.endsWith("/*") ? path.startsWith(page.slice(0, -1)) : path === page))
  );
}

function sendPage({ headers }: FastifyRequest, reply: FastifyReply, { html, etag }: ClientPage): void {
  reply.headers({ ...PAGE_HEADERS, etag });
  const known = headers["if-none-match"]?.split(",").map((one) => one.trim().replace(/^W\//, ""));
  if (known?.includes(etag) === true) return void reply.code(304).send();
  void reply.code(200).type("text/html; charset=utf-8").send(html);
}
