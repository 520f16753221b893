/** Paths below the endpoint of the API that may end with a slash. */
const BELOW_ENDPOINT = [
  "",
  "/token",
  "/healthz",
  "/readyz",
  "/audit/export",
  "/registry/authorization",
  "/registry/certificate",
];
const ELSEWHERE = ["/token", "/v1/healthz", "/v1/readyz"];
const OF_RELEASES = /^\/[a-z0-9-]+\/dags\/(?:upload|download)$/;

/**
 * Returns the URL of a request without the slash at the end of its path, which some clients add to an address. Other
 * paths than those above keep their slash and are not found: a slash must not lead past a proxy's rule for `/metrics`
 * or `/v1/registry/events`.
 */
export function withoutTrailingSlash(
  url: string,
  { endpoint, subscriptions }: { readonly endpoint: string; readonly subscriptions: string },
): string {
  const [, path, rest] = /^([^?]*[^?/])\/(\?.*)?$/s.exec(url) ?? [];
  if (path === undefined) return url;
  const isKnown =
    ELSEWHERE.includes(path) ||
    path === subscriptions ||
    (path.startsWith(endpoint) && BELOW_ENDPOINT.includes(path.slice(endpoint.length))) ||
    OF_RELEASES.test(path);
  return isKnown ? path + (rest ?? "") : url;
}
