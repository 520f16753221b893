import { createClient, type Client } from "graphql-ws";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { closeSockets, RawSocket, socketUrl } from "../builders/socket";
import { calls, closeToyServers, SECRET, silences, startToyServer } from "../world/toy-api-server";

const REFUSED = "You do not have the appropriate permissions for that";
const INIT = { type: "connection_init", payload: { authorization: "token" } };
const start = (query: string, id?: unknown, variables?: unknown) => ({
  ...(id !== undefined && { id }),
  type: "start",
  payload: { query, variables },
});
const subscribe = (query: string, id: string, variables?: object) => ({
  id,
  type: "subscribe",
  payload: { query, variables },
});

type Options = Parameters<typeof startToyServer>;
async function serve(...options: Options) {
  const server = startToyServer(...options);
  await server.listen();
  return { ...server, url: socketUrl(server) };
}

afterEach(closeSockets);
afterAll(closeToyServers);

/** The metrics of a server, one line each. */
const metricOf = (text: string, line: string): string | undefined =>
  text.split("\n").find((one) => one.startsWith(line));

describe.each([
  ["the protocol of today", "graphql-transport-ws", "subscribe", "next", "complete"],
  ["the older protocol", "graphql-ws", "start", "data", "stop"],
])("%s", (_name, protocol, begin, result, end) => {
  const operation = (query: string, id: string, variables?: unknown) => ({
    id,
    type: begin,
    payload: { query, variables },
  });
  /** A connection that has been acknowledged. */
  async function open(...options: Options) {
    const server = await serve(...options);
    const socket = await RawSocket.connect(server.url, protocol);
    socket.send(INIT);
    await socket.untilType("connection_ack");
    return { server, socket };
  }
  const messageOf = (payload: { message: string } | { message: string }[]) => [payload].flat()[0];

  test("brings every event of a subscription in its order, then its end", async () => {
    const { socket } = await open();
    socket.send(operation("subscription ($count: Int!) { ticks(count: $count) }", "one", { count: 3 }));
    await socket.untilType("complete");
    expect(socket.messages.filter(({ type }) => type === result)).toEqual(
      ["0", "1", "2"].map((ticks) => ({ id: "one", type: result, payload: { data: { ticks } } })),
    );
    expect(socket.messages.at(-1)).toEqual({ id: "one", type: "complete" });
  });

  test("answers queries, and mutations with the caller asked for anew", async () => {
    const { server, socket } = await open();
    socket.send(operation("{ me number }", "q"), operation("mutation { change }", "m"));
    expect((await socket.until(({ id, type }) => id === "q" && type === result)).payload).toEqual({
      data: { me: "Ada", number: 7 },
    });
    expect((await socket.until(({ id, type }) => id === "m" && type === result)).payload).toEqual({
      data: { change: 3 },
    });
    // Both operations ask once more whose budget of work they are charged to.
    expect(server.authenticated).toEqual([
      ["token", true],
      ["token", false],
      ["token", false],
      ["token", false],
      ["token", true],
    ]);
    expect(server.forgotten()).toBe(1);
  });

  test.each([
    ["a field that is not there", "{ nothing }", /Cannot query field/, "GRAPHQL_VALIDATION_FAILED"],
    ["a text that is no document", "{", /Syntax Error/, "GRAPHQL_PARSE_FAILED"],
    ["a query that nests too deep", "{deep{deep{deep{deep{deep{deep{number}}}}}}}", /levels deep/, "QUERY_TOO_DEEP"],
    [
      "a subscription with too many aliases",
      "subscription { ticks(count: 1) @include(if: true) a: ticks(count: 1) }",
      /only one top level field|only one/i,
      "GRAPHQL_VALIDATION_FAILED",
    ],
    ["a subscription that is not allowed", "subscription { refused }", new RegExp(REFUSED), "FORBIDDEN"],
    [
      "a wrong variable",
      "subscription ($count: Int!) { ticks(count: $count) }",
      /Variable "\$count"/,
      "BAD_USER_INPUT",
    ],
    ["a subscription that ends with a refusal", "subscription { breaks }", new RegExp(REFUSED), "FORBIDDEN"],
  ])("refuses %s", async (_what, query, message, code) => {
    const { socket } = await open();
    socket.send(operation(query, "one", query.includes("$") ? { count: "many" } : undefined));
    const { payload } = await socket.untilType("error");
    expect(messageOf(payload)).toMatchObject({ message: expect.stringMatching(message), extensions: { code } });
    socket.send(operation("{ number }", "two"));
    expect((await socket.until(({ id }) => id === "two")).payload).toEqual({ data: { number: 7 } });
  });

  test("masks bugs, logs them, and tells the request's id", async () => {
    const { server, socket } = await open();
    socket.send(operation("subscription { bug }", "s"));
    const { payload } = await socket.untilType("error");
    const error = messageOf(payload) as unknown as { extensions: { code: string; requestId: string } };
    expect(JSON.stringify(payload)).not.toContain("hunter2");
    expect(error.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(server.lines.find(({ msg }) => msg === "request failed")).toMatchObject({
      requestId: error.extensions.requestId,
      err: { message: SECRET },
    });
  });

  test("answers no introspection where that is switched off", async () => {
    const { socket } = await open({ introspection: false });
    socket.send(operation("{ __schema { queryType { name } } }", "one"));
    await socket.untilType("error");
  });

  test("leaves a stream as soon as the client does", async () => {
    const { socket } = await open();
    const before = { ...silences };
    socket.send(operation("subscription { silence }", "one"), operation("subscription { silence }", "two"));
    while (silences.begun < before.begun + 2) await new Promise(setImmediate);
    socket.send({ id: "one", type: protocol === "graphql-ws" ? "stop" : "complete" });
    while (silences.ended < before.ended + 1) await new Promise(setImmediate);
    socket.socket.close(1000, JSON.stringify({ id: "1", type: "stop" }));
    while (silences.ended < before.ended + 2) await new Promise(setImmediate);
  });

  test("takes the credentials from the handshake where the first message has none", async () => {
    const { url, authenticated } = await serve();
    const socket = await RawSocket.connect(url, protocol, { headers: { authorization: "token" } });
    socket.send({ type: "connection_init" });
    await socket.untilType("connection_ack");
    expect(authenticated).toEqual([["token", true]]);
  });

  test.each([
    ["a wrong token", { authorization: "other" }],
    ["no token", {}],
    ["an empty token", { authorization: "" }],
    ["a token that is no text", { authorization: 7 }],
  ])("closes with 4403 for %s", async (_what, payload) => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url, protocol);
    socket.send({ type: "connection_init", payload });
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(socket.types).not.toContain("connection_ack");
  });

  test.each([
    ["text that is no JSON", "start", 4400],
    ["a list", "[]", 4400],
    ["null", "null", 4400],
    [
      "a message of 100 kB",
      JSON.stringify({ type: "connection_init", payload: { filler: "x".repeat(100_000) } }),
      1009,
    ],
    ["an operation before the first message", JSON.stringify(operation("{ number }", "one")), 4401],
  ])("closes the connection for %s", async (_what, text, code) => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url, protocol);
    socket.send(text);
    expect((await socket.closed).code).toBe(code);
  });

  test("closes the connection for binary messages, and for a second first message", async () => {
    const { server, socket } = await open();
    socket.send(INIT);
    expect((await socket.closed).code).toBe(4429);
    const other = await RawSocket.connect(server.url, protocol);
    other.socket.send(Buffer.from(JSON.stringify(INIT)));
    expect((await other.closed).code).toBe(1003);
  });

  test("closes connections that say nothing, and those that stop answering pings", async () => {
    const times = { initTimeoutMs: 30, pingEveryMs: 60_000 };
    const { url } = await serve({}, { socketTimes: times });
    expect((await (await RawSocket.connect(url, protocol)).closed).code).toBe(4408);

    const pinging = await serve({}, { socketTimes: { initTimeoutMs: 3_000, pingEveryMs: 50 } });
    const deaf = await RawSocket.connect(pinging.url, protocol, { autoPong: false });
    expect((await deaf.closed).code).toBe(1006);
  });

  test("at most fifty operations go on over one connection", async () => {
    const { socket } = await open();
    socket.send(...Array.from({ length: 51 }, (_, number) => operation("subscription { silence }", `s${number}`)));
    const { id, payload } = await socket.untilType("error");
    expect([id, messageOf(payload)]).toEqual([
      "s50",
      expect.objectContaining({ extensions: { code: "TOO_MANY_OPERATIONS" } }),
    ]);
  });

  test("nor do those count less that nobody waits for any more", async () => {
    const { socket } = await open();
    for (let number = 0; number < 50; number++) {
      const begun = once(calls, "slow");
      socket.send(operation("{ slow(ms: 20000) }", `q${number}`));
      await begun;
      socket.send({ id: `q${number}`, type: end });
    }
    socket.send(operation("{ number }", "last"));
    const { id, payload } = await socket.untilType("error");
    expect([id, messageOf(payload)]).toEqual([
      "last",
      expect.objectContaining({ extensions: { code: "TOO_MANY_OPERATIONS" } }),
    ]);
  });

  test("a client that does not read holds its stream up, and does not fill the memory", async () => {
    const { socket, server } = await open();
    socket.send(operation("subscription { ticks(count: 100000, size: 10000) }", "one"));
    await socket.untilType(result);
    socket.socket.pause();
    const sent = async () =>
      Number(/out",type="(?:next|data)"} (\d+)/.exec((await server.app.inject("/metrics")).body)?.[1]);
    let before = -1;
    let now = await sent();
    // What is on the way fills up; then nothing moves.
    while (now !== before) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
      now = await sent();
    }
    expect(now).toBeLessThan(5_000);
  });

  test("the server's end closes with 1001, and cuts off who does not go", async () => {
    const { server, socket } = await open();
    const deaf = await RawSocket.connect(server.url, protocol);
    deaf.socket.pause();
    const closing = server.close(200);
    expect((await socket.closed).code).toBe(1001);
    await closing;
  });

  test("open sockets and messages are counted", async () => {
    const { server, socket } = await open();
    socket.send({ type: "made up by the client" });
    if (protocol === "graphql-ws") await socket.untilType("error");
    else await socket.closed;
    const { body } = await server.app.inject("/metrics");
    expect(metricOf(body, `retrograde_socket_messages_total{direction="in",type="connection_init"}`)).toMatch(/ 1$/);
    expect(metricOf(body, `retrograde_socket_messages_total{direction="in",type="invalid"}`)).toMatch(/ 1$/);
    expect(body).not.toContain("made up");
    if (protocol === "graphql-ws")
      expect(metricOf(body, `retrograde_sockets_open{protocol="graphql-ws"}`)).toMatch(/ 1$/);
  });
});

describe("the protocol of today", () => {
  test("an id that is in use closes the connection", async () => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url, "graphql-transport-ws");
    socket.send(INIT);
    await socket.untilType("connection_ack");
    socket.send(subscribe("subscription { silence }", "one"), subscribe("subscription { silence }", "one"));
    expect((await socket.closed).code).toBe(4409);
  });

  test("its own client gets on with it", async () => {
    const { url } = await serve();
    const client: Client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: "token" },
    });
    const ticks: unknown[] = [];
    for await (const { data } of client.iterate<{ ticks: string }>({ query: "subscription { ticks(count: 3) }" }))
      ticks.push(data?.ticks);
    expect(ticks).toEqual(["0", "1", "2"]);
    const refused = client.iterate({ query: "subscription { refused }" }).next();
    await expect(refused).rejects.toEqual([expect.objectContaining({ message: REFUSED })]);
    await client.dispose();
  });
});

describe("the older protocol", () => {
  test("start may come at once, and without an id; when such a one ends the connection is closed", async () => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url);
    socket.send(INIT, start("subscription { ticks(count: 2) }"));
    expect(await socket.closed).toEqual({ code: 1000, reason: "" });
    expect(socket.messages).toEqual([
      { type: "connection_ack" },
      { type: "ka" },
      { type: "data", payload: { data: { ticks: "0" } } },
      { type: "data", payload: { data: { ticks: "1" } } },
      { type: "complete" },
    ]);
  });

  test.each([
    ["refused", 4403],
    ["breaks", 4403],
    ["nothing", 4400],
  ])("without an id, an error closes the connection too (%s)", async (field, code) => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url);
    socket.send(INIT, start(`subscription { ${field} }`));
    expect((await socket.closed).code).toBe(code);
    expect(socket.types).toEqual(["connection_ack", "ka", "error"]);
  });

  test("every payload is an object", async () => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url);
    socket.send(
      INIT,
      start("{ number }", 1),
      start("{ nothing }", 2),
      start("{ bug }", 3),
      start("subscription { breaks }", 4),
    );
    socket.send(
      { id: 5, type: "start", payload: "query" },
      { id: 6, type: "start", payload: ["query"] },
      { id: 7, type: "start" },
      { type: "odd" },
    );
    for (const id of [1, 2, 3, 4, 5, 6, 7]) await socket.until((message) => message.id === id);
    await socket.until(({ payload }) => payload?.message === "Invalid message type!");
    for (const { payload } of socket.messages)
      if (payload !== undefined) expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
  });

  test("an id that is in use is used anew", async () => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url);
    const before = { ...silences };
    socket.send(INIT, start("subscription { silence }", "one"));
    while (silences.begun < before.begun + 1) await new Promise(setImmediate);
    socket.send(start("{ number }", "one"));
    await socket.untilType("complete");
    expect(silences.ended).toBe(before.ended + 1);
    expect(socket.types).toEqual(["connection_ack", "ka", "data", "complete"]);
  });

  test("a wrong token is told before the end, with what was started behind it left alone", async () => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url);
    socket.send({ type: "connection_init", payload: { authorization: "stale" } }, start("{ number }"));
    expect((await socket.closed).code).toBe(4403);
    expect(socket.messages).toEqual([{ type: "connection_error", payload: { message: expect.any(String) } }]);
  });

  test("keeps alive, and ends when the client says so", async () => {
    const { url } = await serve({}, { socketTimes: { initTimeoutMs: 3_000, pingEveryMs: 20 } });
    const socket = await RawSocket.connect(url);
    socket.send(INIT);
    while (socket.types.filter((type) => type === "ka").length < 3) await new Promise(setImmediate);
    socket.send({ type: "connection_terminate" });
    expect((await socket.closed).code).toBe(1000);
  });
});

describe("the handshake", () => {
  test("a client of both protocols gets the one that it names first", async () => {
    const { url } = await serve();
    const socket = await RawSocket.connect(url, ["graphql-transport-ws", "graphql-ws"]);
    expect(socket.socket.protocol).toBe("graphql-transport-ws");
  });

  test.each([[[]], [["mqtt"]]])("with the protocols %j the connection is closed", async (protocols) => {
    const { url } = await serve();
    const socket = new WebSocket(url, protocols);
    const outcome = new Promise((resolve) => socket.on("close", (code) => resolve(code)).on("error", () => undefined));
    // A client that asked for protocols and got none ends it by itself.
    expect([4406, 1006]).toContain(await outcome);
  });

  test("one address cannot take all the connections", async () => {
    const { url } = await serve({ maxSocketsPerAddress: 2 });
    await RawSocket.connect(url);
    const second = await RawSocket.connect(url);
    await expect(RawSocket.connect(url)).rejects.toThrow("503");
    second.socket.close();
    await second.closed;
    await RawSocket.connect(url);
  });

  test("another path is answered as HTTP has it, and so is a plain request for the socket's", async () => {
    const { url, app } = await serve();
    await expect(RawSocket.connect(url.replace("/ws", "/elsewhere"))).rejects.toThrow("404");
    expect((await app.inject("/ws")).statusCode).toBe(426);
  });

  test("clients that ask for HTTP/2 with their first request are answered in HTTP/1.1", async () => {
    const { app } = await serve();
    const body = JSON.stringify({ query: "{ number }" });
    const { port } = app.server.address() as AddressInfo;
    const headers = {
      upgrade: "h2c",
      connection: "Upgrade, HTTP2-Settings",
      "http2-settings": "AAEAAEAA",
      "content-type": "application/json",
    };
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = request(
        {
          port,
          host: "127.0.0.1",
          method: "POST",
          path: "/v1",
          headers: { ...headers, "content-length": body.length },
        },
        (response) => {
          response.setEncoding("utf8").on("data", resolve);
        },
      );
      sent.on("error", reject).end(body);
    });
    expect(JSON.parse(answer)).toEqual({ data: { number: 7 } });
  });

  test("a connection broken off in the middle of a frame harms nobody", async () => {
    const { url, app } = await serve();
    const { port } = app.server.address() as AddressInfo;
    const raw = connect(port, "127.0.0.1");
    const key = Buffer.alloc(16, 1).toString("base64");
    raw.write(
      `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n`,
    );
    await new Promise((resolve) => raw.once("data", resolve));
    raw.write(Buffer.from([0x81, 0xfe, 0x00]));
    raw.destroy();
    const socket = await RawSocket.connect(url);
    socket.send(INIT);
    await socket.untilType("connection_ack");
  });
});
