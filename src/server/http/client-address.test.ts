import type { IncomingMessage } from "node:http";
import { clientAddressOf, trustOf, type TrustedProxies } from "./client-address";

const SENDER = "127.0.0.1";
/** What the client has written, and then what a proxy at the sender's address has appended. */
const APPENDED = "8.8.8.8, 198.51.100.7";

const request = (forwardedFor: string | undefined, remoteAddress: string | undefined = SENDER): IncomingMessage =>
  ({
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
    socket: { remoteAddress },
  }) as unknown as IncomingMessage;

test.each<[string, TrustedProxies, string | undefined, string]>([
  ["no proxy", false, APPENDED, SENDER],
  ["none by number", 0, APPENDED, SENDER],
  ["an empty list", [], APPENDED, SENDER],
  ["one proxy", 1, APPENDED, "198.51.100.7"],
  ["one proxy that sends no header", 1, undefined, SENDER],
  ["two proxies", 2, `203.0.113.1, ${APPENDED}`, "8.8.8.8"],
  ["more proxies than entries", 3, "198.51.100.7", "198.51.100.7"],
  ["the sender's network", ["loopback"], APPENDED, "198.51.100.7"],
  ["the networks of two proxies", ["127.0.0.0/8", "198.51.100.0/24"], `203.0.113.1, ${APPENDED}`, "8.8.8.8"],
  ["another network", ["10.0.0.0/8"], APPENDED, SENDER],
  ["all proxies", true, APPENDED, "8.8.8.8"],
  ["one proxy that appends a port", 1, "8.8.8.8, 198.51.100.7:4711", "198.51.100.7"],
  ["one proxy that appends a port to IPv6", 1, "8.8.8.8, [2001:db8::7]:4711", "2001:db8::7"],
  ["one proxy that appends no address", 1, "8.8.8.8, unknown", SENDER],
  ["two proxies, of which one appends no address", 2, "8.8.8.8, unknown, 198.51.100.7", "198.51.100.7"],
  ["all proxies, after text of the client", true, "x\n<b>, 198.51.100.7", "198.51.100.7"],
  ["all proxies, with empty entries", true, " , ,198.51.100.7", "198.51.100.7"],
])("with %s trusted (%j), a request with %j comes from %s", (_name, proxies, forwardedFor, expected) => {
  expect(clientAddressOf(request(forwardedFor), trustOf(proxies))).toBe(expected);
});

test("a socket that has no address any more is unknown", () => {
  const gone = { headers: {}, socket: {} } as unknown as IncomingMessage;
  for (const proxies of [false, 1, true]) expect(clientAddressOf(gone, trustOf(proxies))).toBe("unknown");
});
