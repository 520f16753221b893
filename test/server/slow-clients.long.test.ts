import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { UploadTooSlow, watchPace } from "../../src/infrastructure/http/upload-pace";
import { createDeployment, signUpAdmin } from "../builders/api";
import { closeToyServers, startToyServer } from "../world/toy-api-server";
import { startTestApp, type TestApp } from "../world/app";

const PATIENCE_MS = 60_000;
const sockets: Socket[] = [];

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await closeToyServers();
});

interface Client {
  readonly socket: Socket;
  readonly received: () => string;
  /** Resolves when the server has ended the connection. */
  readonly ended: Promise<void>;
}

async function open(url: string, text: string): Promise<Client> {
  const { port, hostname } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname });
  sockets.push(socket);
  let received = "";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await once(socket, "connect");
  socket.write(text);
  return { socket, received: () => received, ended };
}

const within = async (work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_resolve, reject) => (timer = setTimeout(() => reject(new Error("still connected")), PATIENCE_MS)),
  );
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const head = (line: string, ...headers: string[]): string => [line, "Host: localhost", ...headers, "", ""].join("\r\n");
const POST = "POST /v1 HTTP/1.1";
const JSON_TYPE = "Content-Type: application/json";
const TOKEN = "Authorization: token";

describe("a slow client is cut off", () => {
  test.each<{ name: string; text: string; status?: string }>([
    { name: "nothing is sent", text: "" },
    { name: "headers that do not end", text: "POST /v1 HTTP/1.1\r\nHost: loc" },
    {
      name: "a body that does not end",
      text: head(POST, JSON_TYPE, "Content-Length: 100") + '{"query"',
      status: "408",
    },
    {
      name: "a body that does not end, with a session",
      text: head(POST, JSON_TYPE, TOKEN, "Content-Length: 19000") + '{"query"',
      status: "408",
    },
    {
      name: "a chunked body that does not end",
      text: head(POST, JSON_TYPE, "Transfer-Encoding: chunked") + '8\r\n{"query"\r\n',
      status: "408",
    },
    {
      name: "a body where none is read",
      text: head("GET /v1/healthz HTTP/1.1", "Content-Length: 100") + "x",
      status: "200",
    },
    {
      name: "a body for a path that is not there",
      text: head("POST /nowhere HTTP/1.1", JSON_TYPE, "Content-Length: 100") + "x",
      status: "4",
    },
  ])("$name", async ({ text, status }) => {
    const { url } = await startToyServer({ requestTimeoutSeconds: 1 }).listen();
    const client = await open(url, text);
    await within(client.ended);
    if (status !== undefined) expect(client.received()).toMatch(`HTTP/1.1 ${status}`);
  });

  test("its answer is not read", async () => {
    const server = startToyServer({ idleTimeoutSeconds: 1 });
    server.app.get("/long", async (_request, reply) => reply.send(Buffer.alloc(64 * 1024 * 1024)));
    const { url } = await server.listen();
    const client = await open(url, head("GET /long HTTP/1.1"));
    client.socket.pause();
    const connection = await new Promise<number>((resolve) =>
      server.app.server.getConnections((_error, count) => resolve(count)),
    );
    expect(connection).toBe(1);
    for (
      const until = Date.now() + PATIENCE_MS;
      Date.now() < until;
      await new Promise((resolve) => setTimeout(resolve, 100))
    ) {
      const left = await new Promise<number>((resolve) =>
        server.app.server.getConnections((_error, count) => resolve(count)),
      );
      if (left === 0) return;
    }
    throw new Error("still connected");
  });

  test("an answer that is read slowly, and a long request, go on", async () => {
    const server = startToyServer({ idleTimeoutSeconds: 1, requestTimeoutSeconds: 1 });
    const { url } = await server.listen();
    const body = JSON.stringify({ query: "{ slow(ms: 3000) }" });
    const client = await open(url, head(POST, JSON_TYPE, "Connection: close", `Content-Length: ${body.length}`) + body);
    await within(client.ended);
    expect(client.received()).toContain('{"data":{"slow":true}}');
  });
});

describe("bodies of callers without a session are small", () => {
  const long = "x".repeat(18_000);
  const body = JSON.stringify({ query: "{ number }", pad: long });

  test.each<{ name: string; headers?: Record<string, string>; status: number; code?: string }>([
    { name: "without a session", status: 413, code: "PAYLOAD_TOO_LARGE" },
    {
      name: "with credentials that are none",
      headers: { authorization: "wrong" },
      status: 401,
      code: "UNAUTHENTICATED",
    },
    { name: "with a session", headers: { authorization: "token" }, status: 200 },
  ])("$name", async ({ headers, status, code }) => {
    const { url } = await startToyServer({ anonymousBodyLimitBytes: 16_384 }).listen();
    for (const chunked of [false, true]) {
      const sent = chunked ? new Blob([body]).stream() : body;
      const answer = await fetch(`${url}/v1`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: sent,
        ...(chunked && { duplex: "half" }),
      });
      expect(answer.status).toBe(status);
      const { errors } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
      expect(errors?.[0]?.extensions.code).toBe(code);
    }
  });

  test("messages over a socket before a session is accepted", async () => {
    const { url } = await startToyServer({ anonymousBodyLimitBytes: 1024 }).listen();
    const upgrade = head(
      "GET /ws HTTP/1.1",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: graphql-transport-ws",
    );
    const client = await open(url, upgrade);
    await once(client.socket, "data");
    // A masked text frame of 20,000 bytes, of which a tenth is sent.
    client.socket.write(Buffer.concat([Buffer.from([0x81, 0xfe, 0x4e, 0x20, 0, 0, 0, 0]), Buffer.alloc(2000, "a")]));
    await within(client.ended);
    expect(client.received()).not.toContain("Connection initialisation timeout");
  });

  test("four hundred bodies that do not end are not held", async () => {
    const { url } = await startToyServer({ bodyLimitBytes: 1024 ** 2, anonymousBodyLimitBytes: 16_384 }).listen();
    const before = process.memoryUsage().arrayBuffers;
    const part = Buffer.alloc(250_000, "x").toString("latin1");
    const clients = await Promise.all(
      Array.from({ length: 400 }, () => open(url, head(POST, JSON_TYPE, "Content-Length: 1000000"))),
    );
    for (const client of clients) client.socket.write(part);
    await Promise.all(clients.map(({ ended }) => within(ended)));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
  });
});

describe("connections", () => {
  test("of one address are bounded, and a place that becomes free is given away again", async () => {
    const { url } = await startToyServer({ maxConnectionsPerAddress: 3 }).listen();
    const request = head("GET /v1/healthz HTTP/1.1");
    const clients: Client[] = [];
    for (let count = 0; count < 3; count++) {
      const client = await open(url, request);
      await once(client.socket, "data");
      clients.push(client);
    }
    const refused = await open(url, request);
    await within(refused.ended);
    expect(refused.received()).toBe("");
    clients[0]!.socket.destroy();
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      const next = await open(url, head("GET /v1/healthz HTTP/1.1", "Connection: close"));
      await within(next.ended);
      if (next.received() !== "") return;
    }
    throw new Error("no place became free");
  });

  test("of all addresses are bounded, with one line in the log", async () => {
    const { listen, lines } = startToyServer({ maxConnections: 1 });
    const { url } = await listen();
    const first = await open(url, head("GET /v1/healthz HTTP/1.1"));
    await once(first.socket, "data");
    for (let count = 0; count < 3; count++) await within((await open(url, "")).ended);
    expect(lines.filter(({ msg }) => msg === "connections are refused: too many are open")).toMatchObject([
      { level: 40, maxConnections: 1 },
    ]);
  });

  test("behind a proxy, requests in hand are counted by client", async () => {
    const { url } = await startToyServer({ maxConnectionsPerAddress: 1, trustProxy: true }).listen();
    const ask = (client: string, query: string): Promise<Response> =>
      fetch(`${url}/v1`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": client },
        body: JSON.stringify({ query }),
      });
    const busy = await open(url, head(POST, JSON_TYPE, "X-Forwarded-For: 2001:db8::1", "Content-Length: 50"));
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      const answer = await ask("2001:db8::2", "{ number }");
      if (answer.status === 503) {
        expect(answer.headers.get("retry-after")).toBe("5");
        expect((await ask("2001:db8:0:1::1", "{ number }")).status).toBe(200);
        busy.socket.destroy();
        return;
      }
    }
    throw new Error("the second request of an address was never refused");
  });
});

describe("uploads", () => {
  let world: TestApp;
  let token: string;

  beforeAll(async () => {
    world = await startTestApp({
      env: { WEBSERVER__REQUEST_TIMEOUT_SECONDS: "1", WEBSERVER__UPLOAD_TIMEOUT_SECONDS: "4" },
    });
    token = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  test("may take longer than other requests, and not for ever", async () => {
    const { port } = world.app.server.app.server.address() as AddressInfo;
    const { releaseName } = await createDeployment(world, token, { dagDeployment: { type: "dag_deploy" } });
    const form = '--b\r\nContent-Disposition: form-data; name="dags"; filename="dags.tar.gz"\r\n\r\nabc';
    const startedAt = performance.now();
    const client = await open(
      `http://127.0.0.1:${port}`,
      head(
        `POST /${releaseName}/dags/upload HTTP/1.1`,
        `Authorization: ${token}`,
        "Content-Type: multipart/form-data; boundary=b",
        "Content-Length: 100000",
      ) + form,
    );
    await within(client.ended);
    expect(client.received()).toContain("HTTP/1.1 408");
    expect(client.received()).toContain("The upload took more than 4 s");
    expect(performance.now() - startedAt).toBeGreaterThan(3_500);
  });

  test.each<{ name: string; everyMs: number; cut: boolean }>([
    { name: "too slow", everyMs: 400, cut: true },
    { name: "fast enough", everyMs: 20, cut: false },
  ])("have a least rate: $name", async ({ everyMs, cut }) => {
    let outcome: "CUT" | "ARRIVED" | undefined;
    const server = createServer((request: IncomingMessage) => {
      request.resume();
      watchPace(
        request,
        { uploadTimeoutSeconds: 60, uploadMinBytesPerSecond: 1000 },
        (error) => {
          expect(error).toBeInstanceOf(UploadTooSlow);
          outcome = "CUT";
          request.socket.destroy();
        },
        1_500,
      );
      request.once("end", () => (outcome = "ARRIVED"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const chunk = "x".repeat(200);
    const client = await open(
      `http://127.0.0.1:${port}`,
      head("POST / HTTP/1.1", `Content-Length: ${chunk.length * 150}`),
    );
    let sent = 0;
    const sending = setInterval(() => {
      if (sent++ < 150) client.socket.write(chunk);
    }, everyMs);
    for (const until = Date.now() + PATIENCE_MS; outcome === undefined && Date.now() < until;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    clearInterval(sending);
    client.socket.destroy();
    server.close();
    expect(outcome).toBe(cut ? "CUT" : "ARRIVED");
  });
});
