import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** What the internet hands out (RFC 4291); the rest holds forms of IPv4 addresses and networks of old that nobody routes. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address is one of the public internet, and not private, link-local, loopback, reserved or multicast. IPv4 inside of IPv6
 * counts as IPv4 where it is mapped (`::ffff:…`), and is not public in every other form.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === "unicast" && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6));
}

/** @throws Error if the host of the URL has an address that is not public, or none */
export async function requirePublicHost({ hostname }: URL): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];
  if (addresses.length === 0 || !addresses.every(isPublicAddress))
    throw new Error(`${hostname} is not on the internet, and is not asked`);
}
