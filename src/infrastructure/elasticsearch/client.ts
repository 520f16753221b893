import { readFileSync } from "node:fs";
import { Client, Transport, errors, type ClientOptions } from "@elastic/elasticsearch";

export interface ElasticsearchOptions {
  /** The address of one node, or of a proxy in front of the cluster. */
  readonly node: string;
  readonly username?: string;
  readonly password?: string;
  /** Takes precedence over user name and password. */
  readonly apiKey?: string;
  /** A PEM file with the certificates to trust. */
  readonly caFile?: string;
}

const REQUEST_TIMEOUT_MS = 30_000;

type TransportOptions = ConstructorParameters<typeof Transport>[0];

/**
 * Uses plain JSON. The client's own media types name its major version, and a server one major version older, as in
 * installations of this platform, rejects those with 400. The client's product check is off: it rejects OpenSearch, and
 * only after OpenSearch has executed the request.
 */
class NeutralTransport extends Transport {
  constructor(options: TransportOptions) {
    const { productCheck: _productCheck, ...others } = options;
    super({
      ...others,
      vendoredHeaders: {
        jsonContentType: "application/json",
        ndjsonContentType: "application/x-ndjson",
        accept: "application/json",
      },
    });
  }
}

/**
 * Does not connect yet. The client's own retries are off: the exporter's backoff is the only one.
 * @throws Error if the CA file cannot be read or the address is no URL.
 */
export function createElasticsearchClient(
  options: ElasticsearchOptions,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): Client {
  return new Client({
    node: options.node,
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    Transport: NeutralTransport,
    ...credentials(options),
    ...(options.caFile === undefined ? {} : { tls: { ca: readFileSync(options.caFile) } }),
  });
}

function credentials({ apiKey, username, password }: ElasticsearchOptions): Pick<ClientOptions, "auth"> {
  if (apiKey !== undefined) return { auth: { apiKey } };
  return username === undefined ? {} : { auth: { username, password: password ?? "" } };
}

/** The status of the server's response; null if there was none. */
export function statusOf(error: unknown): number | null {
  return error instanceof errors.ResponseError ? (error.statusCode ?? null) : null;
}

/** Describes the error in one line, with the status and the message of the server's response if there was one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof errors.ResponseError)) return `${(error as Error).name}: ${(error as Error).message}`;
  const words = `${error.statusCode} ${error.message.replace(/\s+/g, " ")}`;
  if (error.statusCode === 401) return `Elasticsearch does not accept the configured credentials: ${words}`;
  if (error.statusCode === 403) return `The configured Elasticsearch user lacks a privilege: ${words}`;
  return words;
}

/** The wait that the response's Retry-After header asks for, in seconds or as a date; null without one. */
export function retryAfterMs(error: unknown, nowMs: number): number | null {
  const header = error instanceof errors.ResponseError ? error.headers?.["retry-after"] : undefined;
  if (header === undefined || header === "") return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
