import { ask, serviceAccountWith, signUpAdmin } from "../builders/api";
import { closeSockets, RawSocket, socketUrl } from "../builders/socket";
import { WebClient } from "../builders/web-client";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const ORIGIN = "http://localhost:8871";
const ME = "{ self { user { id } } }";

let world: TestApp;
let admin: string;
let user: Person;
beforeAll(async () => {
  world = await startTestApp({ env: { PUBLIC_URL: ORIGIN, CORS__ALLOWED_ORIGINS: "*" } });
  admin = await signUpAdmin(world);
  user = await person(world, admin);
});
afterEach(closeSockets);
afterAll(() => world.close());

const signedIn = async (origin = ORIGIN): Promise<WebClient> => {
  const client = new WebClient(world, origin);
  await client.signIn(user.email);
  return client;
};

type Headers = Record<string, string>;

/** The user's id by the API, or the code of the refusal. */
async function whoIs(client: WebClient, headers: Headers = {}, query = ME): Promise<string> {
  const answer = await client.send("POST", "/v1", { query }, headers);
  const { data, errors } = answer.json<{
    data?: { self: { user: { id: string } } };
    errors?: { extensions: { code: string } }[];
  }>();
  return errors?.[0]?.extensions.code ?? data?.self.user.id ?? "nobody";
}

/** Headers of requests that other sites' pages may have sent; an empty one is left out. */
const FOREIGN: [string, Headers][] = [
  ["a foreign origin", { origin: "https://evil.example" }],
  ["an origin that only begins like ours", { origin: `${ORIGIN}.evil.example` }],
  ["our host at another port", { origin: "http://localhost:9999" }],
  ["a hidden origin", { origin: "null" }],
  ["a request that a browser calls cross-site", { "sec-fetch-site": "cross-site" }],
  ["a request that a browser calls same-site", { "sec-fetch-site": "same-site" }],
  ["a request that a person has typed", { "sec-fetch-site": "none" }],
];

describe("a GraphQL request over HTTP", () => {
  test.each<[string, Headers]>([
    ["of a page of ours", {}],
    ["of a page of ours in an older browser", { "sec-fetch-site": "" }],
    ["without an origin", { origin: "" }],
    ["through a proxy of a developer, by another host", { host: "localhost:5173", origin: "http://localhost:5173" }],
  ])("%s is answered by the cookie", async (_name, headers) => {
    expect(await whoIs(await signedIn(), headers)).toBe(user.id);
  });

  test("may change something and be large", async () => {
    const client = await signedIn();
    const query = `mutation { createWorkspace(label: "Mine", description: "${"x".repeat(200)}") { id } } # ${"x".repeat(20_000)}`;
    const answer = await client.send("POST", "/v1", { query });
    expect(answer.json()).toMatchObject({ data: { createWorkspace: { id: expect.any(String) } } });
  });

  test.each<[string, Headers]>([
    ...FOREIGN,
    ["no header of the client", { "x-retrograde-client": "" }],
    ["another client's header", { "x-retrograde-client": "cli" }],
  ])("with %s is answered as one without a cookie", async (_name, headers) => {
    const client = await signedIn();
    expect(await whoIs(client, headers)).toBe("UNAUTHENTICATED");
    expect(await whoIs(client, headers, 'mutation { createWorkspace(label: "Theirs") { id } }')).toBe(
      "UNAUTHENTICATED",
    );
    expect(await ask(world, '{ workspaces(label: "Theirs") { id } }', null, admin)).toEqual({ workspaces: [] });
  });

  test("with an authorization header is answered by that one, whatever it holds", async () => {
    const client = await signedIn();
    expect(await whoIs(client, { authorization: "a.b.c" })).toBe("UNAUTHENTICATED");
    const other = await person(world, admin);
    expect(await whoIs(client, { authorization: other.token })).toBe(other.id);
  });

  test("with a cookie of an ended session is refused", async () => {
    const client = await signedIn();
    const { cookie = "" } = client;
    await client.session("DELETE");
    expect(await whoIs(client, { cookie })).toBe("UNAUTHENTICATED");
  });

  test("with an API key in the cookie is refused", async () => {
    const client = new WebClient(world, ORIGIN);
    const { token } = await serviceAccountWith(world, admin, "SYSTEM_ADMIN");
    client.cookie = `retrograde-session=${token}`;
    expect(await whoIs(client, {}, "{ workspaces { id } }")).toBe("UNAUTHENTICATED");
  });

  test("of another origin is not allowed the client's header, even where CORS allows all origins", async () => {
    const { headers } = await world.app.server.app.inject({
      method: "OPTIONS",
      url: "/v1",
      headers: {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-retrograde-client",
      },
    });
    expect(headers["access-control-allow-headers"]).not.toContain("x-retrograde-client");
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });
});

describe.each(["graphql-transport-ws", "graphql-ws"])("a WebSocket with %s", (protocol) => {
  async function connect(client: WebClient, headers: Headers = {}, payload: object = {}): Promise<RawSocket> {
    const sent: Headers = { ...client.headers, ...headers };
    delete sent["x-retrograde-client"];
    const socket = await RawSocket.connect(socketUrl(world.app.server), protocol, {
      headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== "")),
    });
    socket.send({ type: "connection_init", payload });
    return socket;
  }

  test("of a page of ours is accepted by the cookie", async () => {
    const socket = await connect(await signedIn());
    await socket.untilType("connection_ack");
    const [type, result] = protocol === "graphql-ws" ? ["start", "data"] : ["subscribe", "next"];
    socket.send({ id: "1", type, payload: { query: ME } });
    expect((await socket.untilType(result)).payload.data).toEqual({ self: { user: { id: user.id } } });
  });

  test.each<[string, Headers]>([...FOREIGN, ["no origin", { origin: "" }]])(
    "with %s is closed as one without a cookie",
    async (_name, headers) => {
      const socket = await connect(await signedIn(), headers);
      expect(await socket.closed).toMatchObject({ code: 4403, reason: "Forbidden" });
    },
  );

  test("with credentials of its own is accepted from any origin, and by those", async () => {
    const client = await signedIn();
    const socket = await connect(client, { origin: "https://tools.example" }, { authorization: admin });
    await socket.untilType("connection_ack");
    const refused = await connect(client, {}, { authorization: "a.b.c" });
    expect(await refused.closed).toMatchObject({ code: 4403 });
  });

  test("is closed when its session is signed out of, and not accepted again", async () => {
    const client = await signedIn();
    const { cookie = "" } = client;
    const socket = await connect(client);
    await socket.untilType("connection_ack");
    await client.session("DELETE");
    expect(await socket.closed).toEqual({ code: 4403, reason: "The session has ended" });
    expect(await (await connect(client, { cookie })).closed).toMatchObject({ code: 4403, reason: "Forbidden" });
  });
});
