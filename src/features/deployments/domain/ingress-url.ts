import { ingressRequestOf, type IngressRequest } from "./ingress-request";

/** The headers in which proxies put the URL that a client asked for. */
export const INGRESS_URL_HEADERS = ["X-Original-URL", "X-Forwarded-Uri"] as const;
export type IngressUrlHeader = (typeof INGRESS_URL_HEADERS)[number];

/**
 * The target of a request, as the proxy reports it. A proxy sets one of the headers and passes on what the client sent
 * in the other, so a request counts only if all header values that came lead to the same target. Null if they do not,
 * if there is none, or if the header named by the configuration is missing.
 */
export function ingressTarget(
  urls: Readonly<Record<IngressUrlHeader, readonly string[]>>,
  expected?: IngressUrlHeader,
): IngressRequest | null {
  if (expected !== undefined && urls[expected].length === 0) return null;
  const [first, ...others] = INGRESS_URL_HEADERS.flatMap((header) => urls[header]).map(ingressRequestOf);
  if (!first || others.some((other) => other?.releaseName !== first.releaseName || other.target !== first.target))
    return null;
  return first;
}
