import { connect, type AddressInfo } from "node:net";
import type { InjectOptions } from "fastify";
import { deflateSync, gzipSync } from "node:zlib";
import { ask, createDeployment, signUpAdmin, uniqueName } from "../builders/api";
import { dagArchive, postForm } from "../builders/dags";
import { everything } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
let port: number;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  port = (world.app.server.app.server.address() as AddressInfo).port;
});
afterAll(() => world.close());

const CREATE = "mutation ($l: String!) { createWorkspace(label: $l) { label } }";
const bodyWith = (label: string, encoding: BufferEncoding = "utf8"): Buffer =>
  Buffer.from(JSON.stringify({ query: CREATE, variables: { l: label } }), encoding);

async function post(payload: Buffer | string, headers: Record<string, string> = {}, url = "/v1") {
  const answer = await world.app.server.app.inject({
    method: "POST",
    url,
    headers: { authorization: admin, "content-type": "application/json", ...headers },
    payload,
  });
  const body = answer.json<{
    data?: { createWorkspace: { label: string } };
    errors?: { message: string; extensions: { code: string } }[];
  }>();
  return { status: answer.statusCode, headers: answer.headers, data: body.data, error: body.errors?.[0] };
}

describe("a body", () => {
  test("that is not valid UTF-8 is refused and changes nothing", async () => {
    const before = await everything(world);
    const { status, error } = await post(bodyWith("caf\u00e9", "latin1"));
    expect([status, error?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(error?.message).toBe("body: is not valid UTF-8; send UTF-8");
    expect(await everything(world)).toEqual(before);
  });

  test.each<[string, Buffer]>([
    ["iso-8859-1", bodyWith("caf\u00e9", "latin1")],
    ["ISO-8859-1", bodyWith("caf\u00e9", "latin1")],
    ["utf-16le", bodyWith("caf\u00e9", "utf16le")],
    ['"utf-8"', bodyWith("caf\u00e9")],
    ["utf8", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bodyWith("caf\u00e9")])],
  ])("is read in the charset that it declares: %s", async (charset, payload) => {
    const { data } = await post(payload, { "content-type": `application/json; charset=${charset}` });
    expect(data?.createWorkspace.label).toBe("caf\u00e9");
  });

  test("in an unknown charset is refused", async () => {
    const { status, error } = await post(bodyWith("x"), { "content-type": "application/json; charset=klingon" });
    expect([status, error?.extensions.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    expect(error?.message).toContain('"klingon"');
  });

  test.each<[string, Buffer]>([
    ["gzip", gzipSync(bodyWith("x"))],
    ["deflate", deflateSync(bodyWith("x"))],
    ["br", bodyWith("x")],
  ])("with the content encoding %s is refused", async (encoding, payload) => {
    const before = await everything(world);
    const { status, error, headers } = await post(payload, { "content-encoding": encoding });
    expect([status, error?.extensions.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    expect(headers["accept-encoding"]).toBe("identity");
    expect(await everything(world)).toEqual(before);
  });

  test("with the content encoding identity is read", async () => {
    expect((await post(bodyWith("plain"), { "content-encoding": "identity" })).data?.createWorkspace.label).toBe(
      "plain",
    );
  });

  test.each(['{"__proto__":1}', '{"constructor":{"prototype":1}}'])(
    "with %s gets an error that names the key",
    async (value) => {
      const { status, error } = await post(
        `{"query":"query($v: JSON) { appConfig { version } }","variables":{"v":${value}}}`,
      );
      expect([status, error?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
      expect(error?.message).toBe("body: contains the key __proto__, or constructor.prototype, which is not accepted");
    },
  );

  test("that is not JSON gets an error that says so", async () => {
    const { status, error } = await post("{");
    expect([status, error?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
    expect(error?.message).toContain("not valid JSON");
  });
});

test("an upload whose description is not valid UTF-8 is refused", async () => {
  const { releaseName } = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  const answer = await postForm(
    world,
    releaseName,
    [
      { name: "description", content: Buffer.from("caf\u00e9", "latin1") },
      { name: "file", content: dagArchive({ "a.py": "1" }), fileName: "dags.tar.gz" },
    ],
    admin,
  );
  expect([answer.statusCode, answer.json().errors[0].message]).toEqual([400, "description: is not valid UTF-8"]);
});

describe("a number that would lose digits is refused", () => {
  const UPSERT =
    "mutation ($d: Uuid!, $p: JSON) { upsertDeployment(deploymentUuid: $d, properties: $p) { properties } }";

  test("in a variable", async () => {
    const { id } = await createDeployment(world, admin);
    const before = await everything(world);
    const { status, error } = await post(
      `{"query":${JSON.stringify(UPSERT)},"variables":{"d":"${id}","p":{"n":12345678901234567890}}}`,
    );
    expect([status, error?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(error?.message).toContain("12345678901234567890");
    expect(await everything(world)).toEqual(before);
  });

  test("in a document", async () => {
    const { id } = await createDeployment(world, admin);
    const literal = (value: string): string =>
      `mutation { upsertDeployment(deploymentUuid: "${id}", properties: { n: [${value}] }) { properties } }`;
    for (const value of ["12345678901234567890", "1e999"]) {
      const { errors } = await world.send(literal(value), null, admin);
      expect(errors?.[0]?.extensions.code).toMatch(/GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT/);
      expect(errors?.[0]?.message).toContain("JSON takes");
    }
    const { upsertDeployment } = await ask(world, literal("9007199254740991"), null, admin);
    expect(upsertDeployment.properties).toEqual({ n: [9007199254740991] });
  });

  test("but not in a text", async () => {
    expect((await post(bodyWith("12345678901234567890"))).data?.createWorkspace.label).toBe("12345678901234567890");
  });
});

describe("a slash behind a path", () => {
  const status = async (url: string, method: InjectOptions["method"] = "GET"): Promise<number> =>
    (await world.app.server.app.inject({ method, url, headers: { authorization: admin } })).statusCode;

  test("changes nothing for the API and what is beside it", async () => {
    expect((await post(bodyWith("slash"), {}, "/v1/")).data?.createWorkspace.label).toBe("slash");
    for (const url of ["/v1/healthz/", "/v1/readyz/", "/token/", "/v1/token/?left", "/v1/audit/export/?action=user"])
      expect([url, await status(url)]).toEqual([url, 200]);
    expect(await status("/ws/")).toBe(426);
    const { releaseName } = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const [plain, slashed] = await Promise.all(
      ["", "/"].map((end) =>
        world.app.server.app.inject({
          url: `/${releaseName}/dags/download${end}`,
          headers: { authorization: admin },
        }),
      ),
    );
    expect(slashed!.body).not.toContain("There is nothing at");
    expect([slashed!.statusCode, slashed!.body]).toEqual([plain!.statusCode, plain!.body]);
  });

  test.each(["/metrics/", "/v1/registry/events/", "/v1/authorization/", "/v1//", "/nothing/"])(
    "is another path where a proxy may have a rule for it: %s",
    async (url) => {
      expect(await status(url, url.includes("events") ? "POST" : "GET")).toBe(404);
    },
  );
});

test("a path with a malformed escape is refused in the form of all other errors", async () => {
  const answer = await world.app.server.app.inject({ url: "/v1/%zz" });
  expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([400, "BAD_REQUEST"]);
});

/** Returns everything that the server sends in response to these bytes. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer in time")));
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });

test.each([
  [
    "headers that are too large",
    `GET /v1/healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(20_000)}\r\n\r\n`,
    431,
    "HEADERS_TOO_LARGE",
  ],
  ["text that is not HTTP", "hello\r\n\r\n", 400, "BAD_REQUEST"],
  ["an unknown method", `${uniqueName("X").toUpperCase()} / HTTP/1.1\r\nHost: x\r\n\r\n`, 400, "BAD_REQUEST"],
  [
    "two lengths",
    "POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    400,
    "BAD_REQUEST",
  ],
  ["no host", "GET /v1/healthz HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"],
  [
    "a handshake without a key",
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
    400,
    "BAD_REQUEST",
  ],
])("the HTTP parser's refusal of %s has the form of all other errors", async (_name, bytes, status, code) => {
  const [head = "", body = ""] = (await raw(bytes)).split("\r\n\r\n");
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head.toLowerCase()).toContain("content-type: application/json; charset=utf-8");
  expect(head.toLowerCase()).toContain("connection: close");
  expect(JSON.parse(body)).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }] });
});

test("garbage after a request is refused after its response", async () => {
  const text = await raw(`GET /v1/healthz HTTP/1.1\r\nHost: x\r\n\r\nhello\r\n\r\n`);
  expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(expect.arrayContaining(["HTTP/1.1 400"]));
  expect(text).not.toMatch(/HTTP\/1\.1 400[^]*HTTP\/1\.1 200/);
});
