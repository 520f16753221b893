import type { FastifyInstance, FastifyReply } from "fastify";
import { explorerPage } from "./explorer-page";
import { EXPLORER_SCRIPT } from "./explorer-script";
import { EXPLORER_STYLE } from "./explorer-style";

/** Allow only our own files, and no embedding in other sites: the page handles passwords and tokens. */
const SECURITY_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

const send = (reply: FastifyReply, type: string, text: string): FastifyReply =>
  reply.headers(SECURITY_HEADERS).type(`${type}; charset=utf-8`).send(text);

export const sendExplorer = (reply: FastifyReply, endpoint: string): FastifyReply =>
  send(reply.header("vary", "accept"), "text/html", explorerPage(endpoint));

/**
 * Serves the files that the page loads. They are strings in modules because the compiler copies nothing else to `dist`.
 */
export function explorerRoutes(app: FastifyInstance, endpoint: string): void {
  app.get(`${endpoint}/explorer/explorer.js`, async (_request, reply) =>
    send(reply, "text/javascript", EXPLORER_SCRIPT),
  );
  app.get(`${endpoint}/explorer/explorer.css`, async (_request, reply) => send(reply, "text/css", EXPLORER_STYLE));
}
