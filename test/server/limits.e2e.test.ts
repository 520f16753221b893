import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { getIntrospectionQuery } from "graphql";
import { randomUUID } from "node:crypto";
import { createDeployment, signUpAdmin } from "../builders/api";
import { APP_CONFIG, APP_VERSION, AUTH_CONFIG, CREATE_TOKEN, CREATE_USER } from "../cli/operations";
import { startTestApp, type TestApp } from "../world/app";

const post = (
  { app, config }: TestApp,
  payload: string,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> =>
  app.server.app.inject({
    method: "POST",
    url: config.server.endpoint,
    headers: { "content-type": "application/json", ...headers },
    payload,
  });

interface Refused {
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/**
 * The status and the first error's code, or OK where a limit let it through; whatever else is wrong with it counts as
 * through.
 */
async function passes(world: TestApp, token: string, query: string, variables?: object): Promise<string> {
  const answer = await post(world, JSON.stringify({ query, variables }), { authorization: token });
  if (answer.statusCode === 200) return "OK";
  const { errors } = answer.json<Refused>();
  expect(errors).toHaveLength(1);
  expect(errors[0]?.message).toMatch(/\d/);
  return `${answer.statusCode} ${errors[0]?.extensions.code}`;
}

/** Fields nested that deep, the Deployment itself being the first. */
const deep = (levels: number): string => {
  const inside = Array.from({ length: levels - 2 }, (_, index) => (index % 2 === 0 ? "currentRevision" : "deployment"));
  return `{ deployment(where: { id: "x" }) { ${inside.map((field) => `${field} { `).join("")} id ${"} ".repeat(inside.length)} } }`;
};
const aliased = (count: number): string =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: appConfig { version }`).join(" ")} }`;
/** As many tokens, most of them in a list. */
const long = (tokens: number): string =>
  `{ deployRevisions(deploymentUuid: "x", filter: { types: [${"IMAGE_ONLY ".repeat(tokens - 19)}] }) { totalCount } }`;
const PAGE = 'query ($n: Int) { deployRevisions(deploymentUuid: "x", first: $n) { nodes { id number status type } } }';

describe("limits as shipped", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  test.each([
    ["12 levels", "OK", deep(12)],
    ["13 levels", "400 QUERY_TOO_DEEP", deep(13)],
    ["30 aliases", "OK", aliased(30)],
    ["31 aliases", "400 TOO_MANY_ALIASES", aliased(31)],
    ["2000 tokens", "OK", long(2_000)],
    ["2001 tokens", "400 GRAPHQL_PARSE_FAILED", long(2_001)],
  ])("a document of %s is answered with %s", async (_name, expected, query) => {
    expect(await passes(world, admin, query)).toBe(expected);
  });

  test.each([
    [2_499, "OK"],
    [2_500, "400 QUERY_TOO_COSTLY"],
    [2 ** 31 - 1, "400 QUERY_TOO_COSTLY"],
  ])("a page of %i is %s, the first time and later", async (n, expected) => {
    for (let time = 0; time < 3; time++) expect(await passes(world, admin, PAGE, { n })).toBe(expected);
  });

  test("a body of a megabyte is read, and not one byte more", async () => {
    const megabyte = JSON.stringify({ query: "{ appConfig { version } }" }).padEnd(1_048_576);
    expect((await post(world, megabyte, { authorization: admin })).json()).toEqual({
      data: { appConfig: { version: "0.35.4" } },
    });
    const refused = await post(world, `${megabyte} `, { authorization: admin });
    expect(refused.statusCode).toBe(413);
    expect(refused.json<Refused>().errors).toEqual([
      { message: expect.stringContaining("too large"), extensions: { code: "PAYLOAD_TOO_LARGE" } },
    ]);
    expect(refused.headers["x-request-id"]).toBeDefined();
  });

  test.each<[string, string]>([
    [
      "fragments that unfold into millions",
      `{ appConfig { ...F0 } } ${Array.from({ length: 60 }, (_, at) => `fragment F${at} on AppConfig { ...F${at + 1} ...F${at + 1} }`).join(" ")} fragment F60 on AppConfig { version }`,
    ],
    ["a fragment in itself", "{ appConfig { ...F } } fragment F on AppConfig { version ...F }"],
    [
      "introspection that nests",
      `{ __schema { types { ${"fields { type { ".repeat(40)} name ${"} } ".repeat(40)} } } }`,
    ],
    ["a thousand arguments", `{ deployment(where: { ${'id: "x" '.repeat(400)} }) { id } }`],
    ["a thousand directives", `{ appConfig { version ${"@include(if: true) ".repeat(300)} } }`],
    ["an endless string", `{ deployment(where: { id: "${"x".repeat(500_000)}" }) { id } }`],
    ["an endless number", `{ deployRevisions(deploymentUuid: "x", first: ${"9".repeat(5_000)}) { totalCount } }`],
  ])("%s: the client's mistake, soon answered", async (_name, query) => {
    // Of the processor, which others may keep busy.
    const before = process.cpuUsage();
    const answer = await post(world, JSON.stringify({ query }), { authorization: admin });
    expect(answer.statusCode).toBeLessThan(500);
    expect(Object.keys(answer.json<object>())).toContain("errors");
    expect(answer.body).not.toMatch(/INTERNAL_SERVER_ERROR|stacktrace|node_modules/);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });

  test("refused requests write nothing, whoever sends them", async () => {
    const { workspaceId } = await createDeployment(world, admin);
    const field = (index: number) => `a${index}: createWorkspace(label: "${randomUUID()}") { id }`;
    const query = `mutation { ${Array.from({ length: 31 }, (_, index) => field(index)).join(" ")} }`;
    expect((await post(world, JSON.stringify({ query }), { authorization: admin })).statusCode).toBe(400);
    expect(await world.database.sql.query("SELECT id FROM workspace")).toEqual([{ id: workspaceId }]);
  });
});

describe("callers without a session", () => {
  let world: TestApp;
  beforeAll(async () => {
    world = await startTestApp();
    await signUpAdmin(world);
  });
  afterAll(() => world.close());
  const code = async (query: string, headers = {}): Promise<unknown> => {
    const { errors } = (await post(world, JSON.stringify({ query }), headers)).json<Partial<Refused>>();
    return errors?.[0]?.extensions.code ?? "OK";
  };

  test.each<[string, string, string]>([
    ["200 tokens", "OK", `{ appConfig { ${"version @include(if: true) ".repeat(24)} version version version } }`],
    [
      "201 tokens",
      "UNAUTHENTICATED",
      `{ appConfig { ${"version @include(if: true) ".repeat(24)} version version version version } }`,
    ],
    ["5 aliases", "OK", aliased(5)],
    ["6 aliases", "UNAUTHENTICATED", aliased(6)],
    ["a cost of 1,000", "UNAUTHENTICATED", "{ workspaces { id label description createdAt updatedAt users { id } } }"],
    ["what cannot be parsed, and is long", "UNAUTHENTICATED", "{ a ".repeat(500)],
  ])("%s: %s", async (_name, expected, query) => {
    for (let time = 0; time < 3; time++) expect(await code(query)).toBe(expected);
    if (expected !== "OK") expect(await code(query, { authorization: "stale" })).toBe(expected);
  });

  test("everything that clients send to sign in is within the limits", async () => {
    const signIn = { identity: "x@example.com", password: "wrong", email: "x@example.com" };
    for (const query of [APP_VERSION, APP_CONFIG, AUTH_CONFIG, CREATE_TOKEN, CREATE_USER]) {
      const { errors } = (await post(world, JSON.stringify({ query, variables: signIn }))).json<Partial<Refused>>();
      // Whoever asks for it may be refused, which has a path.
      expect(errors?.[0] ?? { path: [] }).toHaveProperty("path");
    }
  });
});

describe("limits as configured", () => {
  test("hold in place of those shipped", async () => {
    const world = await startTestApp({
      env: {
        APOLLO__MAX_DEPTH: "3",
        APOLLO__MAX_ALIASES: "2",
        APOLLO__MAX_TOKENS: "100",
        APOLLO__MAX_COST: "51",
        WEBSERVER__BODY_LIMIT_BYTES: "1024",
      },
    });
    try {
      const admin = await signUpAdmin(world);
      expect(await passes(world, admin, deep(3))).toBe("OK");
      expect(await passes(world, admin, deep(4))).toBe("400 QUERY_TOO_DEEP");
      expect(await passes(world, admin, aliased(2))).toBe("OK");
      expect(await passes(world, admin, aliased(3))).toBe("400 TOO_MANY_ALIASES");
      expect(await passes(world, admin, long(101))).toBe("400 GRAPHQL_PARSE_FAILED");
      expect(await passes(world, admin, PAGE, { n: 12 })).toBe("OK");
      expect(await passes(world, admin, PAGE, { n: 13 })).toBe("400 QUERY_TOO_COSTLY");
      expect((await post(world, JSON.stringify({ query: "{ appConfig { version } }" }).padEnd(1_024))).statusCode).toBe(
        200,
      );
      expect((await post(world, JSON.stringify({ query: "{ appConfig { version } }" }).padEnd(1_025))).statusCode).toBe(
        413,
      );
    } finally {
      await world.close();
    }
  });

  test("hold for callers without a session, and for the work of a minute", async () => {
    const world = await startTestApp({
      env: {
        APOLLO__ANONYMOUS__MAX_TOKENS: "60",
        APOLLO__ANONYMOUS__REQUESTS_PER_SECOND: "3",
        APOLLO__WORK_PER_MINUTE: "200",
      },
    });
    const send = async (query: string, headers = {}) => {
      const { statusCode, headers: answered, body } = await post(world, JSON.stringify({ query }), headers);
      return {
        statusCode,
        retryAfter: Number(answered["retry-after"]),
        extensions: (JSON.parse(body) as Partial<Refused>).errors?.[0]?.extensions,
      };
    };
    try {
      const admin = await signUpAdmin(world);
      const answers = [];
      for (let at = 0; at < 50 && answers.at(-1)?.statusCode !== 429; at++)
        answers.push(await send("{ appConfig { version } }"));
      const last = answers.at(-1);
      expect(last).toMatchObject({
        statusCode: 429,
        extensions: { code: "TOO_MANY_REQUESTS", retryAfterSeconds: last?.retryAfter },
      });
      expect(last?.retryAfter).toBeGreaterThanOrEqual(1);

      // Documents not seen before are charged; those that were seen are not.
      const document = (at: number): string => `{ self { user { id } } a${at}: __typename }`;
      const codes = [];
      for (let at = 0; at < 30; at++)
        codes.push((await send(document(at), { authorization: admin })).extensions?.code ?? "OK");
      expect(codes.slice(0, 10)).toEqual(Array(10).fill("OK"));
      expect(codes.at(-1)).toBe("TOO_MANY_REQUESTS");
      expect((await send(document(0), { authorization: admin })).statusCode).toBe(200);
    } finally {
      await world.close();
    }
  });

  test("introspection answers callers who are signed in, or everybody, or nobody", async () => {
    const query = JSON.stringify({ query: getIntrospectionQuery() });
    const signedIn = await startTestApp();
    const token = await signUpAdmin(signedIn);
    const open = await startTestApp({ database: signedIn.database, env: { APOLLO__INTROSPECTION: "true" } });
    const closed = await startTestApp({ database: signedIn.database, env: { APOLLO__INTROSPECTION: "false" } });
    try {
      expect((await post(open, query)).json()).toMatchObject({ data: { __schema: { queryType: { name: "Query" } } } });
      expect((await post(signedIn, query, { authorization: token })).json()).toMatchObject({
        data: { __schema: { queryType: { name: "Query" } } },
      });
      for (const text of [query, JSON.stringify({ query: "{ __schema { queryType { name } } }" })]) {
        const { errors } = (await post(signedIn, text)).json<Refused>();
        expect(errors[0]?.extensions.code).toBe("UNAUTHENTICATED");
      }
      const refused = await post(closed, query, { authorization: token });
      expect(refused.statusCode).toBe(400);
      expect(refused.json<Refused>().errors[0]?.message).toContain("introspection");
      expect(await passes(closed, token, "{ __typename appConfig { __typename version } }")).toBe("OK");
    } finally {
      await closed.close();
      await open.close();
      await signedIn.close();
    }
  });
});

describe("pages of other origins", () => {
  const preflight = (world: TestApp, origin: string): Promise<LightMyRequestResponse> =>
    world.app.server.app.inject({
      method: "OPTIONS",
      url: "/v1",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    } satisfies InjectOptions);

  test("are let in where the configuration names them, and may read the request's id", async () => {
    const world = await startTestApp({ env: { CORS__ALLOWED_ORIGINS: "https://ui.example, https://other.example" } });
    try {
      for (const origin of ["https://ui.example", "https://other.example"]) {
        const { headers } = await preflight(world, origin);
        expect(headers).toMatchObject({
          "access-control-allow-origin": origin,
          "access-control-allow-methods": "GET, POST",
        });
        expect(headers["access-control-allow-headers"]).toContain("authorization");
        expect(headers["access-control-allow-credentials"]).toBeUndefined();
        const answer = await post(world, JSON.stringify({ query: "{ appConfig { version } }" }), { origin });
        expect(answer.headers).toMatchObject({
          "access-control-allow-origin": origin,
          "access-control-expose-headers": "x-request-id",
        });
        const refused = await post(world, "nonsense", { origin });
        expect([refused.statusCode, refused.headers["access-control-allow-origin"]]).toEqual([400, origin]);
      }
      for (const origin of ["https://evil.example", "https://ui.example.evil.example", "http://ui.example", "null"]) {
        expect((await preflight(world, origin)).headers["access-control-allow-origin"]).toBeUndefined();
      }
    } finally {
      await world.close();
    }
  });

  test("are not let in as shipped", async () => {
    const world = await startTestApp();
    try {
      expect((await preflight(world, "https://ui.example")).headers["access-control-allow-origin"]).toBeUndefined();
      const answer = await post(world, JSON.stringify({ query: "{ appConfig { version } }" }), {
        origin: "https://ui.example",
      });
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    } finally {
      await world.close();
    }
  });
});
