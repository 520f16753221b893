import { once } from "node:events";
import { connect } from "node:net";

/**
 * Length 8, then the code of SSLRequest. Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ANSWER_WITHIN_MS = 10_000;
const DEFAULT_PORT = 5432;
const YES = "S";

/**
 * Returns the URL with `sslmode=prefer` and `allow` resolved as in libpq: TLS without a check of the certificate if the
 * server offers TLS, and no TLS otherwise. pg would treat both as `verify-full`. All other URLs are returned unchanged.
 * @throws Error if the server cannot be reached
 */
export async function withTlsMode(url: string): Promise<string> {
  const changed = new URL(url);
  const mode = changed.searchParams.get("sslmode");
  if ((mode !== "prefer" && mode !== "allow") || changed.searchParams.get("uselibpqcompat") === "true") return url;
  const host = changed.searchParams.get("host") ?? decodeURIComponent(changed.hostname).replace(/^\[(.+)\]$/, "$1");
  // A Unix socket never has TLS.
  const hasTls =
    !host.startsWith("/") &&
    (await offersTls(host, Number(changed.searchParams.get("port") ?? (changed.port || DEFAULT_PORT))));
  changed.searchParams.set("sslmode", hasTls ? "no-verify" : "disable");
  return changed.toString();
}

async function offersTls(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: ANSWER_WITHIN_MS });
  for (const event of ["timeout", "end"])
    socket.once(event, () => socket.destroy(new Error("no answer when asked for TLS")));
  try {
    socket.write(SSL_REQUEST);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString("latin1", 0, 1) === YES;
  } finally {
    socket.destroy();
  }
}
