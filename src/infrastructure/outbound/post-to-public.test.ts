import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AddressNotPublic, isPublicAddress, postToPublic } from "./post-to-public";

const signal = new AbortController().signal;

test.each(["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])("%s is public", (address) =>
  expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ...["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"],
  ...["255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1"],
  ...["2002:7f00:1::", "nonsense", ""],
])("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));

describe("a request", () => {
  const server = createServer((_request, response) => void response.writeHead(202).end());
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  const post = (host: string, allowPrivateAddresses: boolean) =>
    postToPublic(`http://${host}:${port}/`, { headers: {}, body: "{}" }, { signal, allowPrivateAddresses });

  test.each(["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])(
    "to %s is not sent",
    async (host) => expect(post(host, false)).rejects.toThrow(AddressNotPublic),
  );

  test("is sent where that is allowed", async () => {
    expect(await post("127.0.0.1", true)).toEqual({ status: 202 });
  });
});
