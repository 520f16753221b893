import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Source: the IANA special-purpose address registries, and multicast. */
const NOT_PUBLIC = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  NOT_PUBLIC.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["::", 127],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  NOT_PUBLIC.addSubnet(network, bits, "ipv6");

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Whether an IP address is reached on the internet, and not on this machine or in a private network. */
export function isPublicAddress(address: string): boolean {
  const mapped = MAPPED_IPV4.exec(address)?.[1] ?? address;
  const version = isIP(mapped);
  return version !== 0 && !NOT_PUBLIC.check(mapped, version === 6 ? "ipv6" : "ipv4");
}

/** @throws Error if the host of the URL has an address that is not public, or none */
export async function requirePublicHost({ hostname }: URL): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];
  if (addresses.length === 0 || !addresses.every(isPublicAddress))
    throw new Error(`${hostname} is not on the internet, and is not asked`);
}
