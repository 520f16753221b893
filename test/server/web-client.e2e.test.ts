import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { version } from "../../package.json";
import { createDeployment, signUpAdmin } from "../builders/api";
import { uploadDags } from "../builders/dags";
import { startTestApp, type TestApp } from "../world/app";
import { closeToyServers, startToyServer } from "../world/toy-api-server";

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><meta name="retrograde-endpoints" content="">
<script type="module" src="/assets/main-1a2b3c.js"></script></head><body></body></html>`;
const SCRIPT = "console.log('client');".repeat(50);
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

let folder: string;
beforeAll(async () => {
  folder = await built(PAGE);
});
afterAll(async () => {
  await closeToyServers();
  await rm(folder, { recursive: true });
});

/** A folder with that page and its files, as the client's build leaves it. */
async function built(page: string): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "retrograde-ui-"));
  await mkdir(join(made, "assets"));
  await writeFile(join(made, "index.html"), page);
  const script = join(made, "assets", "main-1a2b3c.js");
  await writeFile(script, SCRIPT);
  await writeFile(`${script}.br`, brotliCompressSync(SCRIPT));
  await writeFile(`${script}.gz`, gzipSync(SCRIPT));
  await writeFile(join(made, "assets", "icon-4d5e6f.svg"), "<svg/>");
  return made;
}

const endpoints = { graphql: "/v1", socket: "/ws", session: "/v1/session", version: '1.0"<&' };
const serve = (changes: Partial<Parameters<typeof startToyServer>[1]> = {}) =>
  startToyServer({}, { webClient: { folder, endpoints, leadsTo: () => null }, ...changes }).app;

test.each([
  "/",
  "/?from=mail",
  "/sign-in",
  "/sign-in?to=%2F",
  "/deployments/solar-orbit-1234",
  "/deployments/a/history?q=x",
  "/system/audit",
])("the page at %s is sent, with its headers, whatever the client accepts", async (url) => {
  const { statusCode, headers, body } = await serve().inject({ url });
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": CSP,
    "cache-control": "no-cache",
    etag: expect.stringMatching(/^"[\w-]{22}"$/),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": expect.stringContaining("camera=()"),
    "x-request-id": expect.any(String),
  });
  expect(body).toContain("/assets/main-1a2b3c.js");
});

test("the page knows the endpoints and the version, as JSON in an attribute", async () => {
  const { body } = await serve().inject({ url: "/" });
  const content = /<meta name="retrograde-endpoints" content="([^"]*)">/.exec(body)?.[1] ?? "";
  expect(content).not.toMatch(/[<>]/);
  const text = content.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  expect(JSON.parse(text)).toEqual(endpoints);
});

test("a page that the browser has already is not sent again", async () => {
  const app = serve();
  const { headers } = await app.inject({ url: "/" });
  for (const known of [headers.etag, `W/${headers.etag}`, `"other", ${headers.etag}`]) {
    const again = await app.inject({ url: "/sign-in", headers: { "if-none-match": known } });
    expect(again).toMatchObject({ statusCode: 304, body: "" });
  }
  expect((await app.inject({ url: "/", headers: { "if-none-match": '"other"' } })).statusCode).toBe(200);
  expect(await app.inject({ method: "HEAD", url: "/sign-in" })).toMatchObject({ statusCode: 200, body: "" });
});

test.each([
  ["GET", "/deployments"],
  ["GET", "/deployment/x"],
  ["GET", "/sign-in/x"],
  ["GET", "/systems"],
  ["GET", "//system/x"],
  ["GET", "/index.html"],
  ["GET", "/assets/"],
  ["GET", "/assets/nothing.js"],
  ["GET", "/assets/../index.html"],
  ["GET", "/assets/%2e%2e/index.html"],
  ["POST", "/deployments/x"],
  ["POST", "/sign-in"],
] as const)("%s %s is nothing, and says so in JSON", async (method, url) => {
  const { statusCode, headers, body } = await serve().inject({ method, url });
  expect(statusCode).toBe(404);
  expect(headers["content-type"]).toContain("application/json");
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
});

test.each([
  ["br", "br"],
  ["gzip", "gzip"],
  ["gzip, deflate, br", "br"],
  ["identity", undefined],
])("a file is sent for good, compressed as the browser accepts it: %s", async (accepted, encoding) => {
  const { statusCode, headers, rawPayload } = await serve().inject({
    url: "/assets/main-1a2b3c.js",
    headers: { "accept-encoding": accepted },
  });
  expect(statusCode).toBe(200);
  expect(headers["content-encoding"]).toBe(encoding);
  expect(headers).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": expect.stringContaining("javascript"),
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    vary: "accept-encoding",
  });
  if (encoding === "br") expect(brotliDecompressSync(rawPayload).toString()).toBe(SCRIPT);
});

test("a file without a compressed sibling is sent as it is", async () => {
  const { headers, body } = await serve().inject({
    url: "/assets/icon-4d5e6f.svg",
    headers: { "accept-encoding": "br" },
  });
  expect(headers["content-type"]).toContain("image/svg+xml");
  expect(body).toBe("<svg/>");
});

test("people at another host are led to the one where sessions live, path and all", async () => {
  const leadsTo = (host: string) => (host === "app.example.com" ? "https://houston.example.com" : null);
  const app = serve({ webClient: { folder, endpoints, leadsTo } });
  const url = "/deployments/a/history?q=%22x%22";
  const answer = await app.inject({ url, headers: { host: "app.example.com" } });
  expect(answer.statusCode).toBe(303);
  expect(answer.headers.location).toBe(`https://houston.example.com${url}`);
});

test("the explorer and the API stay where they are", async () => {
  const app = serve();
  const explorer = await app.inject({ url: "/v1", headers: { accept: "text/html" } });
  expect(explorer.statusCode).toBe(200);
  expect(explorer.body).toContain("explorer.js");
  expect((await app.inject({ url: "/v1/healthz" })).json()).toEqual({ status: "ok" });
});

test("without a built client the bare address leads to the explorer", async () => {
  const empty = await mkdtemp(join(tmpdir(), "retrograde-no-ui-"));
  // The client's sources have a page too, and no files.
  await writeFile(join(empty, "index.html"), PAGE);
  try {
    const app = serve({ webClient: { folder: empty, endpoints, leadsTo: () => null } });
    const { statusCode, headers } = await app.inject({ url: "/", headers: { accept: "text/html" } });
    expect([statusCode, headers.location]).toEqual([302, "/v1"]);
    expect((await app.inject({ url: "/sign-in" })).statusCode).toBe(404);
  } finally {
    await rm(empty, { recursive: true });
  }
});

test("a page without a place for the endpoints is refused at the start", async () => {
  const broken = await built("<!doctype html>");
  try {
    expect(() => serve({ webClient: { folder: broken, endpoints, leadsTo: () => null } })).toThrow(
      /retrograde-endpoints/,
    );
  } finally {
    await rm(broken, { recursive: true });
  }
});

describe("in the product", () => {
  let world: TestApp;
  beforeAll(async () => {
    world = await startTestApp({
      webClientFolder: folder,
      env: { HELM__BASE_DOMAIN: "example.com", WEBSERVER__ENDPOINT: "/api", WEBSERVER__SUBSCRIPTIONS: "/api/ws" },
    });
  });
  afterAll(() => world.close());

  test("the page knows the configured endpoints", async () => {
    const { body } = await world.app.server.app.inject({ url: "/", headers: { host: "houston.example.com" } });
    const expected = { graphql: "/api", socket: "/api/ws", session: "/api/session", version };
    expect(body).toContain(JSON.stringify(expected).replaceAll('"', "&quot;"));
  });

  test.each(["app.example.com", "deployments.example.com"])(
    "people at %s are led to the service's own host",
    async (host) => {
      const { statusCode, headers } = await world.app.server.app.inject({ url: "/sign-in", headers: { host } });
      expect([statusCode, headers.location]).toEqual([303, "https://houston.example.com/sign-in"]);
    },
  );

  test.each(["system", "deployments", "assets"])(
    "a Deployment whose release is called %s keeps its downloads",
    async (releaseName) => {
      const admin = await world.app.features.access.issueToken(await adminId());
      const deployment = await createDeployment(world, admin, { releaseName, dagDeployment: { type: "dag_deploy" } });
      await uploadDags(world, admin, deployment, { "dag.py": "" });
      const { statusCode, headers } = await world.app.server.app.inject({
        url: `/${releaseName}/dags/download`,
        headers: { authorization: admin },
      });
      expect(headers["content-type"]).not.toContain("text/html");
      expect(statusCode).not.toBe(401);
    },
  );

  let known: string | undefined;
  async function adminId(): Promise<string> {
    if (known === undefined) {
      await signUpAdmin(world);
      const [row] = await world.database.sql.query<{ id: string }>("SELECT user_id AS id FROM role_binding");
      known = row?.id ?? "";
    }
    return known;
  }
});
