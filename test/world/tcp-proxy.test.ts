import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TcpProxy } from "./tcp-proxy";

describe("the proxy of the tests", () => {
  let echo: Server;
  let served: Socket[];
  let proxy: TcpProxy;
  let clients: Socket[];

  beforeEach(async () => {
    served = [];
    clients = [];
    echo = createServer((socket) => {
      served.push(socket);
      socket.on("error", () => undefined);
      socket.pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(echo, "listening");
    proxy = await TcpProxy.start({ target: `postgres://u:p@127.0.0.1:${(echo.address() as AddressInfo).port}/name` });
  });

  afterEach(async () => {
    for (const client of clients) client.destroy();
    await proxy.stop();
    for (const socket of served) socket.destroy();
    echo.close();
  });

  async function client(): Promise<Socket> {
    const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    clients.push(socket);
    await once(socket, "connect");
    return socket;
  }

  async function echoed(socket: Socket, text: string): Promise<string> {
    const answer = once(socket, "data");
    socket.write(text);
    return String((await answer)[0]);
  }

  test("keeps the rest of the target's URL, and forwards", async () => {
    expect(new URL(proxy.url)).toMatchObject({
      protocol: "postgres:",
      username: "u",
      password: "p",
      pathname: "/name",
    });
    expect(await echoed(await client(), "one")).toBe("one");
  });

  test("cuts connections; new ones work", async () => {
    const first = await client();
    await echoed(first, "one");
    const ends = Promise.all(
      [first, served[0] as Socket].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    );
    proxy.cut();
    await ends;
    expect(await echoed(await client(), "two")).toBe("two");
  });

  test("refuses connections until it accepts them again, at the same address", async () => {
    const { url } = proxy;
    await proxy.refuse();
    await expect(client()).rejects.toThrow("ECONNREFUSED");
    await proxy.accept();
    expect(proxy.url).toBe(url);
    expect(await echoed(await client(), "one")).toBe("one");
  });

  test("forwards nothing while frozen, and all of it afterwards", async () => {
    const early = await client();
    await echoed(early, "one");
    proxy.freeze();
    const late = await client();
    const answers = Promise.all([early, late].map(async (socket) => String((await once(socket, "data"))[0])));
    early.write("two");
    late.write("three");
    const outcome = await Promise.race([answers, sleep(300).then(() => "nothing")]);
    expect(outcome).toBe("nothing");
    proxy.thaw();
    expect(await answers).toEqual(["two", "three"]);
  });

  test("keeps the target's side of a silent connection open after its client has gone; new ones work", async () => {
    const first = await client();
    await echoed(first, "one");
    proxy.silence();
    first.destroy();
    proxy.thaw();
    expect(await echoed(await client(), "two")).toBe("two");
    expect(served.map(({ destroyed, readableEnded }) => destroyed || readableEnded)).toEqual([false, false]);
  });
});
