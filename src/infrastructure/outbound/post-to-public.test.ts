import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AddressNotPublic, postToPublic } from "./post-to-public";

const signal = new AbortController().signal;

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
