import { ask } from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

const AUTH_CONFIG =
  "query ($redirect: String) { authConfig(redirect: $redirect) { localEnabled providers { name displayName url } } }";
const START = "https://houston.example.com/v1/oauth/start?provider=";

const PROVIDERS = {
  HELM__BASE_DOMAIN: "example.com",
  AUTH__LOCAL__ENABLED: "false",
  AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
  AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: "a",
  // Nobody is there, and nobody has to be until somebody signs in.
  AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: "http://127.0.0.1:9",
  AUTH__OPENID_CONNECT__CUSTOM__ENABLED: "true",
  AUTH__OPENID_CONNECT__CUSTOM__CLIENT_ID: "b",
  AUTH__OPENID_CONNECT__CUSTOM__DISCOVERY_URL: "http://127.0.0.1:9",
  AUTH__OPENID_CONNECT__CUSTOM__DISPLAY_NAME: 'Key"cloak <b>',
  AUTH__OPENID_CONNECT__GOOGLE__CLIENT_ID: "not switched on",
};

let world: TestApp;
beforeAll(async () => {
  world = await startTestApp({ env: PROVIDERS });
});
afterAll(() => world.close());

const urlsFor = async (redirect?: string | null): Promise<string[]> => {
  const { authConfig } = await ask(world, AUTH_CONFIG, redirect === undefined ? {} : { redirect });
  return authConfig.providers.map(({ url }: { url: string }) => url);
};

test("lists the providers that are switched on, with where signing in begins, to anybody and with any token", async () => {
  const expected = {
    authConfig: {
      localEnabled: false,
      providers: [
        { name: "okta", displayName: "Okta", url: `${START}okta` },
        { name: "custom", displayName: 'Key"cloak <b>', url: `${START}custom` },
      ],
    },
  };
  expect(await ask(world, AUTH_CONFIG, {})).toEqual(expected);
  expect(await ask(world, AUTH_CONFIG, null, "stale.or.foreign")).toEqual(expected);
});

test.each([
  ["https://app.example.com/welcome?a=b", "https://app.example.com/welcome?a=b"],
  ["https://houston.example.com/token", "https://houston.example.com/token"],
  ["/token", "https://houston.example.com/token"],
])("carries a page of ours along: %s", async (redirect, target) => {
  expect(await urlsFor(redirect)).toEqual(
    ["okta", "custom"].map((name) => `${START}${name}&${new URLSearchParams({ redirect: target })}`),
  );
});

test.each([
  "https://evil.example",
  "//evil.example",
  "https://deployments.example.com",
  "https://app.example.com.evil.example",
  "javascript:alert(1)",
  "",
  null,
  "x".repeat(15_000),
])("leaves out anything else", async (redirect) => {
  expect(await urlsFor(redirect)).toEqual([`${START}okta`, `${START}custom`]);
});

test("the page offers the same, and shows names as text", async () => {
  const { body } = await world.app.server.app.inject({ url: "/v1/token", headers: { host: "houston.example.com" } });
  expect(body).toContain(`href="${START}okta">Sign in with Okta</a>`);
  expect(body).toContain("Sign in with Key&quot;cloak &lt;b&gt;</a>");
  expect(body).not.toContain("<form");
});

test("people whom the CLI sends to the web client's host are led to where sessions live", async () => {
  const { statusCode, headers } = await world.app.server.app.inject({
    url: "/token",
    headers: { host: "app.example.com" },
  });
  expect({ statusCode, location: headers.location }).toEqual({
    statusCode: 303,
    location: "https://houston.example.com/v1/token",
  });
  for (const host of ["houston.example.com", "10.0.0.5:8871", "evil.example"]) {
    expect((await world.app.server.app.inject({ url: "/token", headers: { host } })).statusCode).toBe(200);
  }
});

test("nobody has a session on the host of the Deployments, whose pages show what the authors of DAGs like", async () => {
  const host = "deployments.example.com";
  for (const url of ["/token", "/v1/token"]) {
    const { statusCode, headers } = await world.app.server.app.inject({ url, headers: { host } });
    expect({ statusCode, location: headers.location }).toEqual({
      statusCode: 303,
      location: "https://houston.example.com/v1/token",
    });
    const form = { "content-type": "application/x-www-form-urlencoded", host, origin: `https://${host}` };
    const answer = await world.app.server.app.inject({
      method: "POST",
      url,
      headers: form,
      payload: "identity=a&password=b",
    });
    expect([answer.statusCode, answer.headers["set-cookie"]]).toEqual([403, undefined]);
    expect(answer.body).toContain("not sent by a page of this installation");
  }
});

test("another endpoint takes the pages along", async () => {
  const moved = await startTestApp({
    database: world.database,
    env: { ...PROVIDERS, WEBSERVER__ENDPOINT: "/api/houston" },
  });
  try {
    const { authConfig } = await ask(moved, AUTH_CONFIG, {});
    expect(authConfig.providers[0].url).toBe("https://houston.example.com/api/houston/oauth/start?provider=okta");
    const { app } = moved.app.server;
    const { body } = await app.inject({ url: "/api/houston/token" });
    const [, style] = /href="([^"]+\.css)"/.exec(body) ?? [];
    expect((await app.inject({ url: style ?? "" })).statusCode).toBe(200);
    expect((await app.inject({ url: "/token" })).statusCode).toBe(200);
    expect((await app.inject({ url: "/api/houston/oauth/start?provider=okta" })).statusCode).toBe(503);
  } finally {
    await moved.close();
  }
});
