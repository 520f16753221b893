import { ask, signUpAdmin, uniqueName } from "../builders/api";
import { Browser, tokenOn } from "../builders/browser";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const ORIGIN = "http://localhost:8871";
const PASSWORD = "correct horse";

let world: TestApp;
let user: Person;
beforeAll(async () => {
  world = await startTestApp({ env: { PUBLIC_URL: ORIGIN, AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ACCOUNT: "3" } });
  user = await person(world, await signUpAdmin(world));
});
afterAll(() => world.close());

const expiryOf = (token: string): number =>
  (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { exp: number }).exp;

describe.each(["/token", "/v1/token"])("the page at %s", (path) => {
  test("lets somebody sign in by password, shows a token that works, and a fresh one each time", async () => {
    const browser = new Browser(world, ORIGIN);
    const before = await browser.get(path);
    expect(before.status).toBe(200);
    expect(before.text).toContain(`<form method="post" action="${path}">`);
    const after = await browser.post(path, { identity: ` ${user.email.toUpperCase()} `, password: PASSWORD });
    expect(after).toMatchObject({ status: 200, url: `${ORIGIN}${path}` });
    expect(after.text).toContain(user.email);
    const tokens = [tokenOn(after), tokenOn(await browser.get(path)), browser.cookie("session")];
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens)
      expect(await ask(world, "{ workspaces { id } }", null, token)).toEqual({ workspaces: [] });
    expect(browser.visited.join(" ")).not.toContain("eyJ");
  });

  test("shows tokens that end with the browser's session, after which people sign in anew", async () => {
    const replica = await startTestApp({
      database: world.database,
      env: { PUBLIC_URL: ORIGIN, JWT__AUTH_DURATION: "3600000" },
    });
    try {
      const short = new Browser(replica, ORIGIN);
      await short.post(path, { identity: user.email, password: PASSWORD });
      const long = new Browser(world, ORIGIN);
      long.copyCookies(short);
      expect(expiryOf(tokenOn(await long.get(path)))).toBe(expiryOf(short.cookie("session") ?? ""));
      expect((await long.get(path)).text).toContain("1 hour from now");
    } finally {
      await replica.close();
    }
  });

  test("forgets the session when somebody signs out", async () => {
    const browser = new Browser(world, ORIGIN);
    await browser.post(path, { identity: user.email, password: PASSWORD });
    expect(browser.cookies()).toEqual(["retrograde-session"]);
    const after = await browser.post(`${path}/sign-out`, {});
    expect(after.text).toContain("You have signed out here");
    expect(browser.cookies()).toEqual([]);
    expect((await browser.get(path)).text).toContain('name="password"');
  });

  test("tells what does not fit, keeps the name that was typed, and shows it as text", async () => {
    const browser = new Browser(world, ORIGIN);
    const identity = `"><script>alert(1)</script>${uniqueName("nobody")}`;
    const { status, text } = await browser.post(path, { identity, password: PASSWORD });
    expect(status).toBe(401);
    expect(text).toContain('role="alert">The user name or the password is wrong');
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain("<script>alert");
    expect(browser.cookies()).toEqual([]);
  });

  test.each([
    ["nothing at all", {}],
    ["a null character", { identity: "a\0b", password: PASSWORD }],
    ["a null character in the password", { identity: "nobody", password: "a\0b" }],
    ["no password", { identity: "nobody@example.com" }],
  ])("answers %s like wrong credentials", async (_name, form) => {
    expect((await new Browser(world, ORIGIN).post(path, form)).status).toBe(401);
  });

  test("takes a form of its own pages only, so that no other site signs anybody in or out", async () => {
    const form = { identity: user.email, password: PASSWORD };
    for (const from of ["https://evil.example", "null", "http://localhost:8871.evil.example", "http://localhost"]) {
      const browser = new Browser(world, ORIGIN);
      expect((await browser.post(path, form, { from })).status).toBe(403);
      expect(browser.cookies()).toEqual([]);
    }
    const { app } = world.app.server;
    const payload = new URLSearchParams(form).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", host: "localhost:8871" };
    expect((await app.inject({ method: "POST", url: path, headers, payload })).statusCode).toBe(403);
    expect((await app.inject({ method: "POST", url: `${path}/sign-out`, headers })).statusCode).toBe(403);
  });

  test("is kept by nobody, framed by nobody, runs no script but ours, and keeps its cookie from scripts and other sites", async () => {
    const browser = new Browser(world, ORIGIN);
    const { headers } = await world.app.server.app.inject({
      method: "POST",
      url: path,
      headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
      payload: new URLSearchParams({ identity: user.email, password: PASSWORD }).toString(),
    });
    expect(headers).toMatchObject({ location: path, "cache-control": "no-store" });
    expect(headers["set-cookie"]).toMatch(/^retrograde-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const page = await browser.get(path);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script(?![^>]* src="\/v1\/)|<style|style="|\son\w+=|https?:\/\/(?!localhost)/);
  });
});

test("the limits on attempts are those of createToken, and one counts for the other", async () => {
  const victim = await person(world, await world.app.features.access.issueToken(user.id).then(() => signInAdmin()));
  const browser = new Browser(world, ORIGIN);
  for (let attempt = 0; attempt < 3; attempt++)
    await browser.post("/token", { identity: victim.email, password: "wrong horse" });
  const locked = await browser.post("/token", { identity: victim.email, password: PASSWORD });
  expect(locked.status).toBe(429);
  expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
  const { errors } = await world.send(
    'mutation ($identity: String!) { createToken(identity: $identity, password: "correct horse") { token { value } } }',
    { identity: victim.email },
  );
  expect(errors?.[0]?.extensions.code).toBe("TOO_MANY_ATTEMPTS");
});

async function signInAdmin(): Promise<string> {
  const [row] = await world.database.sql.query<{ id: string }>(
    "SELECT user_id AS id FROM role_binding WHERE role = 'SYSTEM_ADMIN'",
  );
  return world.app.features.access.issueToken(row?.id ?? "");
}

test("a session ends with its user", async () => {
  const leaver = await person(world, await signInAdmin());
  const browser = new Browser(world, ORIGIN);
  expect(tokenOn(await browser.post("/token", { identity: leaver.email, password: PASSWORD }))).toMatch(/^eyJ/);
  await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [leaver.id]);
  expect((await browser.get("/token")).text).toContain('name="password"');
});

test.each(["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])(
  "a cookie that says %j opens nothing",
  async (value) => {
    const browser = new Browser(world, ORIGIN);
    browser.setCookie("retrograde-session", value);
    expect((await browser.get("/token")).text).toContain('name="password"');
  },
);

test("a service account's key is no session", async () => {
  const { createSystemServiceAccount } = await ask(
    world,
    'mutation { createSystemServiceAccount(label: "ci", role: SYSTEM_VIEWER) { apiKey } }',
    null,
    await signInAdmin(),
  );
  const browser = new Browser(world, ORIGIN);
  browser.setCookie("retrograde-session", createSystemServiceAccount.apiKey);
  expect((await browser.get("/token")).text).toContain('name="password"');
});

test("forms are read on these pages and nowhere else, and no further than any form is long", async () => {
  const { app } = world.app.server;
  const headers = { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN };
  expect(
    (await app.inject({ method: "POST", url: "/v1", headers, payload: "query={workspaces{id}}" })).statusCode,
  ).toBe(415);
  const long = await app.inject({ method: "POST", url: "/token", headers, payload: `identity=${"x".repeat(100_000)}` });
  expect(long.statusCode).toBe(413);
  expect(long.headers["content-type"]).toContain("text/html");
  const json = await app.inject({
    method: "POST",
    url: "/token",
    headers: { ...headers, "content-type": "application/json" },
    payload: JSON.stringify({ identity: user.email, password: PASSWORD }),
  });
  expect(json.statusCode).toBe(401);
});

test("without passwords and providers the page says that there is no way in", async () => {
  const replica = await startTestApp({ database: world.database, env: { AUTH__LOCAL__ENABLED: "false" } });
  try {
    const browser = new Browser(replica, ORIGIN);
    expect((await browser.get("/token")).text).toContain("no way to sign in");
    expect((await browser.post("/token", { identity: user.email, password: PASSWORD })).status).toBe(403);
    expect(browser.cookies()).toEqual([]);
  } finally {
    await replica.close();
  }
});

test("style and script are our own", async () => {
  const page = await new Browser(world, ORIGIN).get("/token");
  for (const path of [...page.text.matchAll(/(?:href|src)="(\/v1\/[^"]+)"/g)].map(([, path]) => path ?? "")) {
    const { statusCode, headers } = await world.app.server.app.inject({ url: path });
    expect({ path, statusCode }).toEqual({ path, statusCode: 200 });
    expect(headers["content-type"]).toMatch(path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
  }
});
