/** A response is longer than its reader accepts. */
export class AnswerTooLong extends Error {}

export interface FetchLimits {
  readonly maxBytes: number;
  /**
   * SAME_HOST follows redirects that stay on the host and do not leave https. AS_FETCH follows `options.redirect`:
   * registries send layers and descriptions from other hosts. A function is asked for each redirect, throws for those that
   * are not followed, and credentials stay on the origin that they were sent to.
   */
  readonly redirects: "SAME_HOST" | "AS_FETCH" | ((next: URL) => Promise<void>);
}

const MAX_REDIRECTS = 5;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether a URL is reached over https, or on this machine. */
export const isProtected = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));

/**
 * `fetch` that aborts a response that is longer than `maxBytes`, whatever length it announces.
 * @throws AnswerTooLong while the body is read
 */
export async function boundedFetch(
  url: string | URL,
  options: RequestInit,
  { maxBytes, redirects }: FetchLimits,
): Promise<Response> {
  const response =
    redirects === "AS_FETCH"
      ? await fetch(url, options)
      : await fetchFollowing(new URL(url), options, redirects === "SAME_HOST" ? onHost(new URL(url)) : redirects);
  if (response.body === null) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes) controller.error(new AnswerTooLong(`The answer has more than ${maxBytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
}

type Check = (next: URL, from: URL) => Promise<void>;

const onHost =
  (first: URL): Check =>
  async (next, from) => {
    const leavesHttps = from.protocol === "https:" && next.protocol !== "https:";
    if (next.hostname !== first.hostname || leavesHttps || !/^https?:$/.test(next.protocol))
      throw new Error(`The server redirects to ${next.origin}, which is not followed`);
  };

async function fetchFollowing(first: URL, options: RequestInit, check: Check): Promise<Response> {
  let url = first;
  const headers = new Headers(options.headers);
  for (let redirect = 0; redirect <= MAX_REDIRECTS; redirect++) {
    const response = await fetch(url, { ...options, headers, redirect: "manual" });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, url);
    await check(next, url);
    if (next.origin !== url.origin) headers.delete("authorization");
    url = next;
  }
  throw new Error(`The server redirects more than ${MAX_REDIRECTS} times`);
}
