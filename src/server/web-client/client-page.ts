import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "../../infrastructure/http/escape-html";

/** What the client has to know before its first request. */
export interface ClientEndpoints {
  /** Paths on the service's own origin. */
  readonly graphql: string;
  readonly socket: string;
  readonly session: string;
  /** The product's version. */
  readonly version: string;
}

export interface ClientPage {
  readonly html: string;
  /** Of the page as it is sent. */
  readonly etag: string;
}

const PLACE = /(<meta\s+name="retrograde-endpoints"\s+content=")("\s*\/?>)/;

/**
 * Reads the built client's page and writes the endpoints into its meta element. Null if no built client is in the folder, as
 * where the service runs from its sources.
 * @throws Error if the page has no such element
 */
export function readClientPage(folder: string, endpoints: ClientEndpoints): ClientPage | null {
  const file = join(folder, "index.html");
  if (!existsSync(file) || !existsSync(join(folder, "assets"))) return null;
  const built = readFileSync(file, "utf8");
  if (!PLACE.test(built))
    throw new Error(`${file} has no <meta name="retrograde-endpoints" content="">: build the web client anew`);
  const { graphql, socket, session, version } = endpoints;
  const content = escapeHtml(JSON.stringify({ graphql, socket, session, version }));
  const html = built.replace(PLACE, (_match, before: string, after: string) => `${before}${content}${after}`);
  return { html, etag: `"${hash("sha256", html, "base64url").slice(0, 22)}"` };
}
