const EVERY_ADDRESS = new Set(["0.0.0.0", "::", "127.0.0.1"]);

/** The URL of a server on this machine, without a path. Only where it listens on one other address is that the one. */
export function localAddress(host: string, port: string | number): string {
  if (EVERY_ADDRESS.has(host)) return `http://localhost:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
