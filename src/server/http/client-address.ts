import proxyAddr from "@fastify/proxy-addr";
import type { FastifyInstance } from "fastify";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * The proxies whose `X-Forwarded-For` is believed: none (false), the nearest ones by their number, those whose address is
 * in one of the networks, or all (true), where the client may choose the address itself.
 */
export type TrustedProxies = boolean | number | readonly string[];

/** Whether the proxy at this address is trusted. Hop 0 is the sender of the connection. */
export type TrustProxy = (address: string, hop: number) => boolean;

/** Returns false if no proxy is trusted. @throws TypeError if a network is malformed */
export function trustOf(proxies: TrustedProxies): TrustProxy | false {
  if (proxies === true) return () => true;
  if (typeof proxies === "number") return proxies > 0 && ((_address, hop) => hop < proxies);
  return proxies !== false && proxies.length > 0 && proxyAddr.compile([...proxies]);
}

/** Returns the client's network address: the first one, from the near end, that is not the address of a trusted proxy. */
export function clientAddressOf(request: IncomingMessage, trust: TrustProxy | false): string {
  const sender = request.socket.remoteAddress ?? "unknown";
  if (trust === false) return sender;
  dropForeignText(request);
  return proxyAddr(request, trust) || sender;
}

/** Returns the host that the client asked for, as `request.host` of fastify is read. */
export function hostOf({ headers, socket }: IncomingMessage, trust: TrustProxy | false): string {
  const isTrusted = trust !== false && trust(socket.remoteAddress ?? "", 0);
  const forwarded = isTrusted ? [headers["x-forwarded-host"]].flat().at(-1) : undefined;
  return forwarded?.split(",").at(-1)?.trim() || (headers.host ?? "");
}

/** Makes `request.ip` of fastify, which has the same rule, see only addresses. Has to be the first hook. */
export function cleanForwardedFor(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _reply, done) => {
    dropForeignText(request.raw);
    done();
  });
}

/** Some proxies append the port of the client. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/;

/**
 * Cuts `X-Forwarded-For` off before the last entry that is not an address, which is a client's text or "unknown". Limits
 * count by the address, and the audit trail shows it.
 */
function dropForeignText({ headers }: IncomingMessage): void {
  const given = headers["x-forwarded-for"];
  if (given === undefined) return;
  const entries = [given].flat().join(",").split(",").map(addressIn);
  headers["x-forwarded-for"] = entries.slice(entries.lastIndexOf(null) + 1).join(", ");
}

function addressIn(entry: string): string | null {
  const text = entry.trim();
  if (isIP(text) !== 0) return text;
  const [, ipv6, other] = WITH_PORT.exec(text) ?? [];
  const address = ipv6 ?? other ?? "";
  return isIP(address) === 0 ? null : address;
}
