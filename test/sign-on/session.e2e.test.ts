import { ask, askInVain, createDeployment, signUpAdmin } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { Browser, tokenOn } from "../builders/browser";
import { uploadDags } from "../builders/dags";
import { closeSockets, RawSocket, socketUrl } from "../builders/socket";
import { untilNotified } from "../builders/until-notified";
import { PASSWORD, WebClient } from "../builders/web-client";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const ORIGIN = "http://localhost:8871";
const ME = "{ workspaces { id } }";
const CHANGE = 'mutation { createWorkspace(label: "Mine") { id } }';

let world: TestApp;
let admin: string;
let user: Person;
beforeAll(async () => {
  world = await startTestApp({ env: { PUBLIC_URL: ORIGIN, AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ACCOUNT: "3" } });
  admin = await signUpAdmin(world);
  user = await person(world, admin);
});
afterEach(closeSockets);
afterAll(() => world.close());

const signedIn = async (): Promise<WebClient> => {
  const client = new WebClient(world, ORIGIN);
  await client.signIn(user.email);
  return client;
};

async function usernameOf({ id }: Person): Promise<string | undefined> {
  const [row] = await world.database.sql.query<{ username: string }>("SELECT username FROM app_user WHERE id = $1", [
    id,
  ]);
  return row?.username;
}

const codeOf = (body: string): unknown =>
  (JSON.parse(body) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;

describe("signing in", () => {
  test("answers nothing, and keeps the session in a cookie that no script can read", async () => {
    const client = new WebClient(world, ORIGIN);
    const answer = await client.session("POST", { identity: ` ${user.email.toUpperCase()} `, password: PASSWORD });
    expect(answer).toMatchObject({ statusCode: 204, body: "" });
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["set-cookie"]).toMatch(
      /^retrograde-session=eyJ[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(await ask(world, ME, null, client.token)).toEqual({ workspaces: [] });
  });

  test("makes a session that the token page knows too", async () => {
    const client = await signedIn();
    const browser = new Browser(world, ORIGIN);
    browser.setCookie("retrograde-session", client.token);
    expect(tokenOn(await browser.get("/token"))).toMatch(/^eyJ/);
  });

  test("keeps the cookie to https where that is how browsers come", async () => {
    const replica = await startTestApp({
      database: world.database,
      env: { PUBLIC_URL: "https://houston.example.com" },
    });
    try {
      const client = new WebClient(replica, "https://houston.example.com");
      const { headers } = await client.session("POST", { identity: user.email, password: PASSWORD });
      expect(headers["set-cookie"]).toMatch(/^__Host-retrograde-session=.*; Secure; SameSite=Lax$/);
    } finally {
      await replica.close();
    }
  });

  test.each<[string, unknown, number, string]>([
    ["a wrong password", { identity: "nobody@example.com", password: "wrong" }, 401, "UNAUTHENTICATED"],
    ["a name with a null character", { identity: "a\0b", password: "wrong" }, 401, "UNAUTHENTICATED"],
    ["no password", { identity: "nobody@example.com" }, 400, "BAD_USER_INPUT"],
    ["a name that is no text", { identity: 7, password: "x" }, 400, "BAD_USER_INPUT"],
    ["a list", [], 400, "BAD_USER_INPUT"],
    ["null", null, 400, "BAD_USER_INPUT"],
    ["no body", undefined, 400, "BAD_USER_INPUT"],
    ["a body that is too large", { identity: "x".repeat(20_000), password: "x" }, 413, "PAYLOAD_TOO_LARGE"],
  ])("refuses %s in JSON, and keeps nothing", async (_name, body, status, code) => {
    const answer = await new WebClient(world, ORIGIN).session("POST", body);
    expect(answer.statusCode).toBe(status);
    expect(codeOf(answer.body)).toBe(code);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("refuses a form", async () => {
    const answer = await world.app.server.app.inject({
      method: "POST",
      url: "/v1/session",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
      payload: new URLSearchParams({ identity: user.email, password: PASSWORD }).toString(),
    });
    expect(answer.statusCode).toBe(415);
  });

  test("has the limits on attempts of createToken", async () => {
    const victim = await person(world, admin);
    const client = new WebClient(world, ORIGIN);
    for (let attempt = 0; attempt < 3; attempt++)
      await client.session("POST", { identity: victim.email, password: "wrong horse" });
    const locked = await client.session("POST", { identity: victim.email, password: PASSWORD });
    expect(locked.statusCode).toBe(429);
    expect(Number(locked.headers["retry-after"])).toBeGreaterThan(0);
    const create = `mutation ($identity: String!) { createToken(identity: $identity, password: "${PASSWORD}") { token { value } } }`;
    expect((await askInVain(world, create, { identity: victim.email })).code).toBe("TOO_MANY_ATTEMPTS");
  });

  test("is refused where passwords are off", async () => {
    const replica = await startTestApp({ database: world.database, env: { AUTH__LOCAL__ENABLED: "false" } });
    try {
      const answer = await new WebClient(replica, ORIGIN).session("POST", { identity: user.email, password: PASSWORD });
      expect(answer.statusCode).toBe(403);
      expect(codeOf(answer.body)).toBe("FEATURE_DISABLED");
    } finally {
      await replica.close();
    }
  });

  test("hangs under the endpoint that is configured", async () => {
    const replica = await startTestApp({ database: world.database, env: { WEBSERVER__ENDPOINT: "/api/graphql" } });
    try {
      const client = new WebClient(replica, ORIGIN);
      const body = { identity: user.email, password: PASSWORD };
      expect((await client.send("POST", "/api/graphql/session", body)).statusCode).toBe(204);
      expect((await client.send("POST", "/v1/session", body)).statusCode).toBe(404);
    } finally {
      await replica.close();
    }
  });
});

describe("the session", () => {
  test("tells who is signed in, and until when", async () => {
    const client = await signedIn();
    const answer = await client.session("GET");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { exp } = JSON.parse(Buffer.from(client.token.split(".")[1] ?? "", "base64url").toString()) as {
      exp: number;
    };
    expect(answer.json()).toEqual({ username: await usernameOf(user), expiresAt: new Date(exp * 1000).toISOString() });
  });

  test.each<[string, string | undefined, string]>([
    ["no cookie", undefined, "MISSING"],
    ["an empty cookie", "retrograde-session=", "MISSING"],
    ["a cookie that is no token", "retrograde-session=a.b.c", "INVALID"],
  ])("is not there with %s", async (_name, cookie, reason) => {
    const client = new WebClient(world, ORIGIN);
    client.cookie = cookie;
    const answer = await client.session("GET");
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED", reason } }] });
  });
});

describe("signing out", () => {
  test("ends the session for reads, changes and uploads, and clears the cookie", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const client = await signedIn();
    const { token } = client;
    await ask(world, ME, null, token);
    const answer = await client.session("DELETE");
    expect(answer).toMatchObject({ statusCode: 204, body: "" });
    expect(client.cookie).toBeUndefined();
    for (const query of [ME, CHANGE]) {
      const { extensions } = await askInVain(world, query, null, token);
      expect(extensions).toEqual({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
    }
    await expect(uploadDags(world, token, deployment, { "dag.py": "" })).rejects.toThrow("401");
    client.cookie = `retrograde-session=${token}`;
    expect((await client.session("GET")).statusCode).toBe(401);
  });

  test("leaves the other sessions of the user as they are", async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    await one.session("DELETE");
    expect((await other.session("GET")).statusCode).toBe(200);
    expect(await ask(world, ME, null, other.token)).toHaveProperty("workspaces");
  });

  test("ends it on the other replicas", async () => {
    const replica = await startTestApp({ database: world.database });
    try {
      const client = await signedIn();
      await ask(replica, ME, null, client.token);
      const { token } = client;
      await client.session("DELETE");
      const code = async () => (await replica.send(ME, null, token)).errors?.[0]?.extensions.code;
      expect(await untilNotified(code, "UNAUTHENTICATED")).toBe("UNAUTHENTICATED");
    } finally {
      await replica.close();
    }
  });

  test("closes the sockets of the session, and no others", async () => {
    const [leaver, stayer] = [await signedIn(), await signedIn()];
    const url = socketUrl(world.app.server);
    const [left, stays] = await Promise.all(
      [leaver, stayer].map(async ({ token }) => {
        const socket = await RawSocket.connect(url, "graphql-transport-ws");
        socket.send({ type: "connection_init", payload: { authorization: token } });
        await socket.untilType("connection_ack");
        return socket;
      }),
    );
    await leaver.session("DELETE");
    expect(await left?.closed).toEqual({ code: 4403, reason: "The session has ended" });
    expect(stays?.socket.readyState).toBe(stays?.socket.OPEN);
  });

  test("on the token page does the same", async () => {
    const browser = new Browser(world, ORIGIN);
    await browser.post("/token", { identity: user.email, password: PASSWORD });
    const token = browser.cookie("session");
    await browser.post("/token/sign-out", {});
    expect((await askInVain(world, ME, null, token)).extensions).toMatchObject({ reason: "EXPIRED" });
  });

  test("leaves tokens that were taken from the token page as they are", async () => {
    const browser = new Browser(world, ORIGIN);
    const taken = tokenOn(await browser.post("/token", { identity: user.email, password: PASSWORD }));
    await browser.post("/token/sign-out", {});
    expect(await ask(world, ME, null, taken)).toHaveProperty("workspaces");
  });

  test("is written to the audit trail, once", async () => {
    const client = await signedIn();
    const { cookie = "" } = client;
    const answers = [await client.session("DELETE"), await client.session("DELETE", undefined, { cookie })];
    const ids = answers.map(({ headers }) => String(headers["x-request-id"]));
    expect((await Promise.all(ids.map((id) => auditLinesOf(world, id)))).flat()).toEqual([
      expect.objectContaining({
        action: "user.sign_out",
        actorId: user.id,
        objectId: user.id,
        objectLabel: await usernameOf(user),
      }),
    ]);
  });

  test.each([
    ["no cookie", undefined],
    ["a cookie that is no token", "retrograde-session=a.b.c"],
  ])("with %s changes nothing, and is fine", async (_name, cookie) => {
    const before = await world.database.sql.query("SELECT id FROM ended_session");
    const client = new WebClient(world, ORIGIN);
    client.cookie = cookie;
    expect((await client.session("DELETE")).statusCode).toBe(204);
    expect(await world.database.sql.query("SELECT id FROM ended_session")).toEqual(before);
  });

  test("is remembered until a day after the session would have expired", async () => {
    const client = await signedIn();
    await client.session("DELETE");
    const count = async () =>
      (await world.database.sql.query<{ n: number }>("SELECT count(*)::int AS n FROM ended_session"))[0]?.n ?? 0;
    const all = await count();
    const { forgetExpired } = world.app.features.access;
    await forgetExpired(new Date().toISOString());
    expect(await count()).toBe(all);
    await forgetExpired(new Date(Date.now() + 2 * 86_400_000 + 60_000).toISOString());
    expect(await count()).toBe(0);
  });
});

describe("another site", () => {
  test.each<[string, Record<string, string>]>([
    ["a foreign origin", { origin: "https://evil.example" }],
    ["an origin that only begins like ours", { origin: `${ORIGIN}.evil.example` }],
    ["a hidden origin", { origin: "null" }],
    ["a request that a browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["a request that a browser calls same-site", { "sec-fetch-site": "same-site", origin: "" }],
  ])("signs nobody in or out: %s", async (_name, headers) => {
    const client = await signedIn();
    const { cookie } = client;
    const answers = [
      await client.session("POST", { identity: user.email, password: PASSWORD }, headers),
      await client.session("DELETE", undefined, headers),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403]);
    for (const { headers: answered } of answers) expect(answered["set-cookie"]).toBeUndefined();
    expect((await client.session("GET", undefined, headers)).statusCode).toBe(401);
    expect(client.cookie).toBe(cookie);
    expect((await client.session("GET")).statusCode).toBe(200);
  });

  test("on the host of the Deployments gets no session", async () => {
    const replica = await startTestApp({
      database: world.database,
      env: { PUBLIC_URL: ORIGIN, HELM__BASE_DOMAIN: "example.com" },
    });
    try {
      const client = new WebClient(replica, "https://deployments.example.com");
      const answer = await client.session("POST", { identity: user.email, password: PASSWORD });
      expect(answer.statusCode).toBe(403);
    } finally {
      await replica.close();
    }
  });
});
