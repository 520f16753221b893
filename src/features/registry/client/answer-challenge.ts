import { z } from "zod";
import { boundedFetch } from "../../../infrastructure/outbound/bounded-fetch";
import { RegistryUnavailable } from "../app/ports";
import type { Authorize } from "./distribution-registry";
import type { OutsideHosts } from "./outside-hosts";

const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** Registries use either of the two names. */
const Answer = z.union([
  z.object({ token: z.string() }).transform(({ token }) => token),
  z.object({ access_token: z.string() }).transform((answer) => answer.access_token),
]);

/**
 * Answers the authentication challenge of a foreign registry: with the password, or with a token from the address that
 * the challenge names.
 * @param credentials `user:password` in base64; null for anonymous access
 */
export const answerChallenge =
  (credentials: () => Promise<string | null>, hosts: OutsideHosts): Authorize =>
  async (repository, challenge) => {
    const password = await credentials();
    const basic = password === null ? null : `Basic ${password}`;
    if (/^basic\b/i.test(challenge)) return basic;
    const parameters = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    const [realm, service] = [parameters.get("realm"), parameters.get("service")];
    if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return null;
    const url = new URL(realm);
    url.searchParams.set("scope", `repository:${repository}:pull`);
    if (service !== undefined) url.searchParams.set("service", service);
    return `Bearer ${await fetchToken(url, basic, hosts)}`;
  };

async function fetchToken(url: URL, basic: string | null, hosts: OutsideHosts): Promise<string> {
  const refused = (cause?: unknown) =>
    new RegistryUnavailable(`The registry's tokens cannot be had at ${url.host}`, { cause });
  try {
    await (basic === null ? hosts.requireReachable(url) : hosts.requireForPassword(url));
    const response = await boundedFetch(
      url,
      { headers: basic === null ? {} : { authorization: basic }, signal: AbortSignal.timeout(TIMEOUT_MS) },
      { maxBytes: MAX_BYTES, redirects: hosts.requireReachable },
    );
    const token = Answer.safeParse(response.ok ? await response.json() : null);
    if (token.success) return token.data;
  } catch (error) {
    throw refused(error);
  }
  throw refused();
}
