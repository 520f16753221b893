import type { IncomingHttpHeaders } from "node:http";

/** The parts of a request that tell which page has sent it: of an HTTP request, or of a WebSocket's handshake. */
export interface SentRequest {
  readonly headers: IncomingHttpHeaders;
  /** The host that the client asked for. */
  readonly host: string;
}
