import { signUpAdmin, uniqueName } from "../builders/api";
import { Browser, passProvider, tokenOn, type Page, type Tamper } from "../builders/browser";
import { startLyingProvider, type Lies, type LyingProvider } from "../fakes/lying-provider";
import { startTestApp, type TestApp } from "../world/app";
import { startLoggedApp } from "../world/logged-app";
import { startIdentityProvider, type TestIdentityProvider } from "../world/identity-provider";

const ORIGIN = "https://houston.example.test";
const SECRET = "the client's own secret";

const NOT_BEGUN_HERE = "was not begun in this browser";
const NOT_PROVEN = "does not prove who you are";

let okta: TestIdentityProvider;
let liar: LyingProvider;
let world: TestApp;
let now = Date.now();
beforeAll(async () => {
  [okta, liar] = await Promise.all([
    startIdentityProvider({ redirectUris: [`${ORIGIN}/v1/oauth/callback/`] }),
    startLyingProvider(),
  ]);
  world = await startTestApp({
    clock: () => new Date(now).toISOString(),
    env: {
      PUBLIC_URL: ORIGIN,
      AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
      AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: `${okta.issuer}/.well-known/openid-configuration`,
      AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: okta.clientId,
      AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET: okta.clientSecret ?? "",
      AUTH__OPENID_CONNECT__OKTA__AUTH_URL_PARAMS: JSON.stringify({
        ui_locales: "de",
        response_type: "token",
        redirect_uri: "https://evil.example",
        state: "mine",
        nonce: "mine",
      }),
      AUTH__OPENID_CONNECT__CUSTOM__ENABLED: "true",
      AUTH__OPENID_CONNECT__CUSTOM__DISCOVERY_URL: liar.issuer,
      AUTH__OPENID_CONNECT__CUSTOM__CLIENT_ID: "retrograde",
      AUTH__OPENID_CONNECT__CUSTOM__CLIENT_SECRET: SECRET,
      // Nobody listens there.
      AUTH__OPENID_CONNECT__GOOGLE__ENABLED: "true",
      AUTH__OPENID_CONNECT__GOOGLE__DISCOVERY_URL: "http://127.0.0.1:9",
      AUTH__OPENID_CONNECT__GOOGLE__CLIENT_ID: "retrograde",
    },
  });
  await signUpAdmin(world);
  await okta.setPerson("alice", { email: "alice@example.com", email_verified: true });
});
afterAll(async () => {
  await world.close();
  await Promise.all([okta.stop(), liar.stop()]);
});
beforeEach(() => {
  now = Date.now();
  liar.lie({});
});

const START = "/v1/oauth/start?provider=okta";
const isCallback = (url: URL): boolean => url.pathname === "/v1/oauth/callback/";

/** Changes one parameter of the request to the provider, or of its answer. */
const set =
  (where: (url: URL) => boolean, name: string, value: string | null): Tamper =>
  (url) => {
    if (!where(url)) return url;
    const changed = new URL(url);
    if (value === null) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
    return changed;
  };
const isRequest = (url: URL): boolean => url.pathname === "/auth";

async function signOn(tamper?: Tamper, browser = new Browser(world, ORIGIN)): Promise<Page> {
  return passProvider(browser, await browser.get(START, tamper), "alice", tamper);
}

function expectRefused(browser: Browser, page: Page, sentence: string, status = 403): void {
  expect(page.text).toContain(sentence);
  expect(page.status).toBe(status);
  expect(browser.cookies().filter((name) => name.includes("session"))).toEqual([]);
}

describe("an answer of the provider", () => {
  test("is asked for with a state, a nonce and a PKCE challenge of its own each time, whatever the configuration adds", async () => {
    const attempts = await Promise.all(
      [1, 2].map(async () => {
        const browser = new Browser(world, ORIGIN);
        await browser.get(START);
        return new URL(browser.visited[1] ?? "").searchParams;
      }),
    );
    for (const asked of attempts) {
      expect(Object.fromEntries(asked)).toMatchObject({
        response_type: "code",
        client_id: okta.clientId,
        redirect_uri: `${ORIGIN}/v1/oauth/callback/`,
        code_challenge_method: "S256",
        ui_locales: "de",
      });
    }
    for (const name of ["state", "nonce", "code_challenge"]) {
      const values = attempts.map((asked) => asked.get(name));
      expect(new Set(values).size).toBe(2);
      for (const value of values) expect(value?.length).toBeGreaterThanOrEqual(43);
    }
  });

  test.each<[string, Tamper, string, number]>([
    ["with another state", set(isCallback, "state", "x".repeat(43)), NOT_BEGUN_HERE, 400],
    ["with no state", set(isCallback, "state", null), NOT_BEGUN_HERE, 400],
    ["with two states", (url) => (isCallback(url) ? new URL(`${url.href}&state=another`) : url), NOT_PROVEN, 403],
    ["with another code", set(isCallback, "code", "stolen"), NOT_PROVEN, 403],
    ["with no code", set(isCallback, "code", null), NOT_PROVEN, 403],
    ["from another issuer than was asked", set(isCallback, "iss", "https://evil.example"), NOT_PROVEN, 403],
    ["from an issuer that is not named, although this one always is", set(isCallback, "iss", null), NOT_PROVEN, 403],
    ["to another nonce", set(isRequest, "nonce", "n".repeat(43)), NOT_PROVEN, 403],
    ["to another PKCE challenge", set(isRequest, "code_challenge", "c".repeat(43)), NOT_PROVEN, 403],
    [
      "that the person has called off",
      (url) => (isCallback(url) ? refusedWith(url, "access_denied") : url),
      "called off",
      403,
    ],
    [
      "that the provider refuses",
      (url) => (isCallback(url) ? refusedWith(url, "invalid_scope") : url),
      "The provider refused",
      403,
    ],
    [
      "that the provider cannot give now",
      (url) => (isCallback(url) ? refusedWith(url, "temporarily_unavailable") : url),
      "cannot be reached",
      503,
    ],
  ])("%s is refused", async (_name, tamper, sentence, status) => {
    const browser = new Browser(world, ORIGIN);
    expectRefused(browser, await signOn(tamper, browser), sentence, status);
  });

  test("counts in the browser that asked, and only there", async () => {
    const victim = new Browser(world, ORIGIN);
    let answer = "";
    const attacker = new Browser(world, ORIGIN);
    await signOn((url) => {
      if (!isCallback(url)) return url;
      answer = url.href;
      return new URL(`${ORIGIN}/token`);
    }, attacker);
    // The victim is led to the attacker's own answer, which would sign them in as the attacker.
    expectRefused(victim, await victim.get(answer), NOT_BEGUN_HERE, 400);
    expect(tokenOn(await attacker.get(answer))).toMatch(/^eyJ/);
  });

  test("counts once", async () => {
    const browser = new Browser(world, ORIGIN);
    const before = new Browser(world, ORIGIN);
    let answer = "";
    await signOn((url) => {
      if (isCallback(url)) [answer] = [url.href, before.copyCookies(browser)];
      return url;
    }, browser);
    expectRefused(before, await new Browser(world, ORIGIN).get(answer), NOT_BEGUN_HERE, 400);
    expect((await browser.get(answer)).text).toContain(NOT_BEGUN_HERE);
    // Also where the browser still has the cookie: the provider gives nothing for a code a second time.
    expectRefused(before, await before.get(answer), NOT_PROVEN);
  });

  test("comes too late after ten minutes", async () => {
    const browser = new Browser(world, ORIGIN);
    const page = await signOn((url) => {
      if (isCallback(url)) now += 10 * 60_000 + 1_000;
      return url;
    }, browser);
    expectRefused(browser, page, NOT_BEGUN_HERE, 400);
  });

  test("counts for the provider that was asked, and for no other", async () => {
    const browser = new Browser(world, ORIGIN);
    // What was begun at one provider comes back with the code of the other: the cookie says which one has to redeem it.
    let code = "";
    const other = new Browser(world, ORIGIN);
    await other.get("/v1/oauth/start?provider=custom", (url) => {
      if (isCallback(url)) code = url.searchParams.get("code") ?? "";
      return isCallback(url) ? new URL(`${ORIGIN}/token`) : url;
    });
    expect(code).not.toBe("");
    expectRefused(browser, await signOn(set(isCallback, "code", code), browser), NOT_PROVEN);
  });

  test.each<[string, (sealed: string) => string]>([
    ["nothing", () => ""],
    ["noise", () => "x.y.z"],
    ["what somebody wrote themselves", () => Buffer.from(JSON.stringify({ provider: "okta" })).toString("base64url")],
    ["one changed character", (sealed) => sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BB" : "AA")],
  ])("does not count with a cookie that holds %s", async (_name, change) => {
    const browser = new Browser(world, ORIGIN);
    const page = await signOn((url) => {
      if (isCallback(url)) {
        const name = browser.cookies().find((one) => one.includes("sign-on")) ?? "";
        browser.setCookie(name, change(browser.cookie("sign-on") ?? ""));
      }
      return url;
    }, browser);
    expectRefused(browser, page, NOT_BEGUN_HERE, 400);
  });

  test("does not count with a cookie of another installation", async () => {
    const elsewhere = await startTestApp({
      env: {
        PUBLIC_URL: ORIGIN,
        AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
        AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: okta.issuer,
        AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: okta.clientId,
      },
    });
    try {
      const browser = new Browser(elsewhere, ORIGIN);
      let answer = "";
      await signOn((url) => {
        if (isCallback(url)) answer = url.href;
        return isCallback(url) ? new URL(`${ORIGIN}/token`) : url;
      }, browser);
      const here = new Browser(world, ORIGIN);
      here.copyCookies(browser);
      expectRefused(here, await here.get(answer), NOT_BEGUN_HERE, 400);
    } finally {
      await elsewhere.close();
    }
  });

  function refusedWith(url: URL, error: string): URL {
    const refused = new URL(url);
    refused.searchParams.delete("code");
    refused.searchParams.set("error", error);
    refused.searchParams.set("error_description", "<script>alert(1)</script>");
    return refused;
  }
});

describe("several sign-ins in one browser", () => {
  test("go on beside each other, and leave nothing behind", async () => {
    const browser = new Browser(world, ORIGIN);
    const forms = [await browser.get(START), await browser.get(START)];
    for (const form of forms.reverse()) expect(tokenOn(await passProvider(browser, form, "alice"))).toMatch(/^eyJ/);
    expect(browser.cookies()).toEqual(["__Host-retrograde-session"]);
  });

  test("do not pile up cookies", async () => {
    const browser = new Browser(world, ORIGIN);
    for (let tab = 0; tab < 9; tab++) await browser.get(START);
    expect(browser.cookies()).toHaveLength(5);
  });
});

test("the cookies are for no script, for https only, and set by no other host", async () => {
  const { headers } = await world.app.server.app.inject({ url: START });
  expect(headers["set-cookie"]).toMatch(
    /^__Host-retrograde-sign-on-[0-9a-f]{16}=[\w.-]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
  expect(String(headers["set-cookie"]).length).toBeLessThan(1_500);
});

describe("where the browser goes afterwards", () => {
  const endOf = async (redirect: string): Promise<string> => {
    const browser = new Browser(world, ORIGIN);
    const page = await passProvider(
      browser,
      await browser.get(`${START}&${new URLSearchParams({ redirect })}`),
      "alice",
      (url) =>
        // Nothing is listening at other origins; what counts is that somebody would be sent there.
        url.origin === ORIGIN || url.origin === okta.issuer
          ? url
          : new URL(`${ORIGIN}/v1/healthz?${new URLSearchParams({ sentTo: url.href })}`),
    );
    return page.url;
  };

  test.each([
    ["/v1/token?x=1", `${ORIGIN}/v1/token?x=1`],
    [`${ORIGIN}/token`, `${ORIGIN}/token`],
    ["/v1/../token", `${ORIGIN}/token`],
  ])("is %s where that is a page of ours", async (redirect, end) => {
    expect(await endOf(redirect)).toBe(end);
  });

  test.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https://houston.example.test.evil.example/",
    "https://houston.example.test@evil.example/",
    "https://user@houston.example.test/",
    "http://houston.example.test/",
    "https://houston.example.test:444/",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/%0d%0aSet-Cookie:%20a=b\r\nSet-Cookie: a=b",
    "\t//evil.example",
    "https://",
    "",
  ])("is the token page instead of %s", async (redirect) => {
    expect(await endOf(redirect)).toBe(`${ORIGIN}/v1/token`);
  });

  test("is the token page instead of something longer than any page's address", async () => {
    expect(await endOf(`/${"x".repeat(5_000)}`)).toBe(`${ORIGIN}/v1/token`);
  });

  test("cannot put anything into headers", async () => {
    const { app } = world.app.server;
    for (const value of ["/x\r\nSet-Cookie: a=b", "/x\u2028y", "/\u{1f600}", "/x\0y"]) {
      const { statusCode, headers } = await app.inject({
        url: `/v1/oauth/start?${new URLSearchParams({ provider: "okta", redirect: value })}`,
      });
      expect(statusCode).toBe(303);
      expect(JSON.stringify(headers)).not.toContain("a=b");
    }
  });
});

describe("a provider that lies", () => {
  const signOnAtLiar = async (browser: Browser): Promise<Page> => browser.get("/v1/oauth/start?provider=custom");

  test("is believed as long as it does not", async () => {
    expect(tokenOn(await signOnAtLiar(new Browser(world, ORIGIN)))).toMatch(/^eyJ/);
  });

  test.each<[string, Lies]>([
    ["about whom its token is for", { idToken: { aud: "another client" } }],
    ["about who issued it", { idToken: { iss: "https://evil.example" } }],
    ["about the nonce", { idToken: { nonce: "another" } }],
    ["by leaving the nonce out", { idToken: { nonce: undefined } }],
    ["with a token that has expired", { idToken: { exp: 1_000_000_000 } }],
    ["with a token that never expires", { idToken: { exp: undefined } }],
    ["with a token of the future", { idToken: { nbf: 10_000_000_000 } }],
    [
      "with a token for several, this client among them, that another asked for",
      { idToken: { aud: ["retrograde", "another"], azp: "another" } },
    ],
    ["with a token about nobody", { idToken: { sub: undefined } }],
    ["with a token about an empty name", { idToken: { sub: "" } }],
    ["with a token about somebody much too long", { idToken: { sub: "x".repeat(300) } }],
    ["with a token about a list", { idToken: { sub: ["somebody"] } }],
    ["with somebody else's signature", { wrongKey: true }],
    ["with no signature", { algorithm: "none" }],
    ["with a signature by the client's secret", { algorithm: "HS256" }],
    [
      "about another person at the userinfo endpoint",
      { idToken: { email: undefined }, userInfo: { sub: "another", email: "admin@example.com", email_verified: true } },
    ],
    [
      "with no token at all",
      { answers: { "/token": { status: 200, body: JSON.stringify({ access_token: "a", token_type: "Bearer" }) } } },
    ],
  ])("%s is not believed", async (_name, lies) => {
    liar.lie(lies);
    const browser = new Browser(world, ORIGIN);
    expectRefused(browser, await signOnAtLiar(browser), NOT_PROVEN);
  });

  test.each<[string, Lies]>([
    ["breaks", { answers: { "/token": { status: 500, type: "text/html", body: "<h1>Oops</h1>" } } }],
    ["answers no JSON", { answers: { "/token": { status: 200, type: "text/html", body: "<h1>Hello</h1>" } } }],
    ["answers half of its JSON", { answers: { "/token": { status: 200, body: '{"access_token": "a' } } }],
    ["never answers", { silent: ["/token"] }],
    [
      "answers far too much",
      {
        answers: {
          "/token": {
            status: 200,
            body: JSON.stringify({ access_token: "x".repeat(3_000_000), token_type: "Bearer" }),
          },
        },
      },
    ],
    [
      "breaks when it is asked for more",
      { idToken: { email: undefined }, answers: { "/userinfo": { status: 503, body: "{}" } } },
    ],
  ])("and one that %s is called out of reach", async (_name, lies) => {
    liar.lie(lies);
    const browser = new Browser(world, ORIGIN);
    expectRefused(browser, await signOnAtLiar(browser), "cannot be reached", 503);
  });

  test("cannot make a verified address out of two claims about different ones", async () => {
    liar.lie({
      idToken: { sub: "mixed", email: "admin@example.com", email_verified: undefined },
      userInfo: { sub: "mixed", email: "evil@example.com", email_verified: true },
    });
    const browser = new Browser(world, ORIGIN);
    expectRefused(browser, await signOnAtLiar(browser), "does not vouch for your e-mail address");
  });

  test("may change its keys", async () => {
    expect((await signOnAtLiar(new Browser(world, ORIGIN))).status).toBe(200);
    liar.changeKey();
    // Keys that were read just now are not read again for an unknown one; after that they are.
    await signOnAtLiar(new Browser(world, ORIGIN));
    expect(tokenOn(await signOnAtLiar(new Browser(world, ORIGIN)))).toMatch(/^eyJ/);
  });
});

describe("a provider that is down", () => {
  test("is told as such, and keeps nobody from signing in elsewhere", async () => {
    const browser = new Browser(world, ORIGIN);
    expectRefused(browser, await browser.get("/v1/oauth/start?provider=google"), "cannot be reached", 503);
    expect(tokenOn(await signOn(undefined, browser))).toMatch(/^eyJ/);
  });

  test("is asked again as soon as it is up", async () => {
    const { port } = new URL((await startAndStop()).issuer);
    const replica = await startTestApp({
      database: world.database,
      env: {
        PUBLIC_URL: ORIGIN,
        AUTH__OPENID_CONNECT__CUSTOM__ENABLED: "true",
        AUTH__OPENID_CONNECT__CUSTOM__CLIENT_ID: "retrograde",
        AUTH__OPENID_CONNECT__CUSTOM__DISCOVERY_URL: `http://127.0.0.1:${port}`,
      },
    });
    const again = { stop: async (): Promise<void> => undefined };
    try {
      expect((await new Browser(replica, ORIGIN).get("/v1/oauth/start?provider=custom")).status).toBe(503);
      const up = await startLyingProvider({ port: Number(port) });
      again.stop = () => up.stop();
      up.lie({ idToken: { sub: uniqueName("subject"), email: `${uniqueName("late")}@example.com` } });
      expect(tokenOn(await new Browser(replica, ORIGIN).get("/v1/oauth/start?provider=custom"))).toMatch(/^eyJ/);
    } finally {
      await again.stop();
      await replica.close();
    }
  });

  async function startAndStop(): Promise<LyingProvider> {
    const provider = await startLyingProvider();
    await provider.stop();
    return provider;
  }
});

describe("a provider's description of itself", () => {
  const startAt = async (
    discoveryUrl: (issuer: string) => string,
    { issuerPath = "", lies = {} }: { issuerPath?: string; lies?: Lies } = {},
  ): Promise<{ page: Page; asked: readonly string[] }> => {
    const provider = await startLyingProvider({ issuerPath });
    provider.lie(lies);
    const replica = await startTestApp({
      database: world.database,
      env: {
        PUBLIC_URL: ORIGIN,
        AUTH__OPENID_CONNECT__CUSTOM__ENABLED: "true",
        AUTH__OPENID_CONNECT__CUSTOM__CLIENT_ID: "retrograde",
        AUTH__OPENID_CONNECT__CUSTOM__DISCOVERY_URL: discoveryUrl(provider.issuer),
        AUTH__OPENID_CONNECT__CUSTOM__CLAIMS_MAPPING: JSON.stringify({ email: "mail" }),
      },
    });
    try {
      await Promise.all([1, 2, 3].map(() => new Browser(replica, ORIGIN).get("/v1/oauth/start?provider=custom")));
      return { page: await new Browser(replica, ORIGIN).get("/v1/oauth/start?provider=custom"), asked: provider.asked };
    } finally {
      await replica.close();
      await provider.stop();
    }
  };
  const found = "does not tell your e-mail address";

  test.each([
    ["the issuer", "", (issuer: string) => issuer],
    ["the issuer with a slash behind it", "", (issuer: string) => `${issuer}/`],
    ["the whole address", "", (issuer: string) => `${issuer}/.well-known/openid-configuration`],
    ["an issuer with a path", "/realms/acme", (issuer: string) => issuer],
    [
      "the whole address of an issuer that ends with a slash",
      "/application/acme/",
      (issuer: string) => `${issuer}.well-known/openid-configuration`,
    ],
  ])("is found by %s", async (_name, issuerPath, discoveryUrl) => {
    expect((await startAt(discoveryUrl, { issuerPath })).page.text).toContain(found);
  });

  test("is asked for once, however many come at once", async () => {
    const { asked } = await startAt((issuer) => issuer);
    expect(asked.filter((path) => path.endsWith("openid-configuration"))).toHaveLength(1);
  });

  test.each<[string, Lies]>([
    ["names another issuer", { description: { issuer: "https://evil.example" } }],
    [
      "is no JSON",
      {
        answers: {
          "/.well-known/openid-configuration": {
            status: 200,
            type: "text/html",
            body: "<h1>Sign in to the wireless network</h1>",
          },
        },
      },
    ],
    ["is not there", { answers: { "/.well-known/openid-configuration": { status: 404, body: "{}" } } }],
    ["never comes", { silent: ["/.well-known/openid-configuration"] }],
  ])("is not believed where it %s", async (_name, lies) => {
    const { page } = await startAt((issuer) => issuer, { lies });
    expect({ status: page.status, told: page.text.includes("cannot be reached, or is not set up") }).toEqual({
      status: 503,
      told: true,
    });
  });
});

test.each([
  "",
  "?provider=",
  "?provider=nobody",
  "?provider=okta&provider=okta",
  "?provider=__proto__",
  "?provider=auth0",
])("there is no way in by /v1/oauth/start%s", async (query) => {
  const { statusCode, headers, body } = await world.app.server.app.inject({ url: `/v1/oauth/start${query}` });
  expect({ statusCode, type: headers["content-type"] }).toEqual({ statusCode: 404, type: "text/html; charset=utf-8" });
  expect(body).toContain("There is no such way to sign in");
});

test("the log tells what went wrong, and no secret, code or token", async () => {
  const logged = await startLoggedApp(world);
  try {
    const browser = new Browser(logged, ORIGIN);
    tokenOn(await passProvider(browser, await browser.get(START), "alice"));
    liar.lie({ idToken: { aud: "another client" } });
    await new Browser(logged, ORIGIN).get("/v1/oauth/start?provider=custom");
    liar.lie({ answers: { "/token": { status: 500, body: "{}" } } });
    await new Browser(logged, ORIGIN).get("/v1/oauth/start?provider=custom");
    const lines = logged.lines.filter(({ msg }) => typeof msg === "string" && /sign|provider/.test(msg));
    expect(lines.map(({ msg, reason }) => [msg, reason])).toEqual([
      ["signed on", undefined],
      ["signing on was refused", "NOT_PROVEN"],
      ["an identity provider cannot be reached", undefined],
    ]);
    const text = JSON.stringify(logged.lines);
    const [code, state] = ["code", "state"].map(
      (name) => new URL(browser.visited.find((url) => isCallback(new URL(url))) ?? "").searchParams.get(name) ?? "",
    );
    for (const secret of [SECRET, "eyJ", "an access token", code, state, browser.cookie("session")])
      expect(text).not.toContain(secret);
  } finally {
    await logged.close();
  }
});
