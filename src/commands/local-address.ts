const EVERY_ADDRESS = new Set(["0.0.0.0", "::", "127.0.0.1"]);

/** Returns the URL of the service for clients on this machine, without a path. Localhost, unless it listens on another address only. */
export function localAddress(host: string, port: string | number): string {
  if (EVERY_ADDRESS.has(host)) return `http://localhost:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
