import { lookup } from "node:dns";
import { request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-addresses";

const PATIENCE_MS = 10_000;

/** Not one that every host of the Internet may have: private, link-local, loopback, reserved or multicast. */
export class AddressNotPublic extends Error {
  constructor(host: string, address: string) {
    super(`${host === address ? host : `${host} (${address})`} is not a public address`);
  }
}

/** Checks the addresses that the connection is made to, so that a name cannot change between check and use. */
const lookupPublic: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const strange = addresses.find(({ address }) => !isPublicAddress(address));
    if (strange !== undefined) return done(new AddressNotPublic(hostname, strange.address), []);
    const [first] = addresses;
    if (options.all === true) return done(null, addresses);
    done(null, first?.address ?? "", first?.family);
  });
};

/**
 * Sends a POST request on a connection of its own and returns the status. Does not follow redirects, and reads no body.
 * @throws AddressNotPublic unless such addresses are allowed
 * @throws Error if no answer came in time
 */
export function postToPublic(
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  { signal, allowPrivateAddresses }: { readonly signal: AbortSignal; readonly allowPrivateAddresses: boolean },
): Promise<{ readonly status: number }> {
  const target = new URL(url);
  // The brackets of an IPv6 address are part of a URL's host only.
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const options: RequestOptions = {
    method: "POST",
    agent: false,
    headers: { ...headers, "content-length": Buffer.byteLength(body), "user-agent": "retrograde" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    ...(!allowPrivateAddresses && { lookup: lookupPublic }),
  };
  return new Promise((resolve, reject) => {
    if (!allowPrivateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) {
      reject(new AddressNotPublic(host, host));
      return;
    }
    const send = target.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(target, options, (response) => {
      resolve({ status: response.statusCode ?? 0 });
      response.destroy();
    });
    sent.once("error", (error) => {
      const late = error.name === "AbortError" && !signal.aborted;
      reject(late ? new Error(`No answer within ${PATIENCE_MS / 1_000} s`) : error);
    });
    sent.end(body);
  });
}
