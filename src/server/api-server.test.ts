import type { InjectOptions } from "fastify";
import { getIntrospectionQuery } from "graphql";
import { once } from "node:events";
import { Script } from "node:vm";
import { calls, closeToyServers, SECRET, startToyServer as start } from "../../test/world/toy-api-server";
import { REFUSED_MESSAGE } from "../kernel/errors";
import { Metrics } from "../infrastructure/metrics/metrics";

type Payload = NonNullable<InjectOptions["payload"]>;

afterAll(closeToyServers);

test("answers, whether interpreted (first time) or compiled (later), in the same words", async () => {
  const { ask } = start();
  const answers = [];
  for (let time = 0; time < 3; time++) answers.push(await ask("query($t: String) { echo(text: $t) }", null));
  for (const answer of answers) {
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.body).toBe('{"data":{"echo":"default"}}\n');
  }
});

const QUERY = "query Q($t: String, $n: Int) { echo(text: $t) page(first: $n) { number } }";

test.each<{ name: string; body?: object; accept?: string }>([
  { name: "the plainest form" },
  { name: "its operation's name", body: { operationName: "Q" } },
  { name: "another operation's name", body: { operationName: "R" } },
  { name: "an empty name", body: { operationName: "" } },
  { name: "a name that is no text", body: { operationName: 7 } },
  { name: "variables as a list", body: { variables: ["x"] } },
  { name: "variables as text", body: { variables: "x" } },
  { name: "a variable of the wrong type", body: { variables: { t: 7 } } },
  { name: "a page that costs too much", body: { variables: { n: 10_000 } } },
  { name: "extensions", body: { extensions: { persistedQuery: { version: 1, sha256Hash: "0" } } } },
  { name: "extensions that are no object", body: { extensions: "x" } },
  { name: "any media type", accept: "*/*" },
  { name: "the newer media type", accept: "application/graphql-response+json" },
  { name: "both media types", accept: "application/graphql-response+json, application/json;q=0.9" },
  { name: "a media type that is not to be had", accept: "image/png" },
])("the first answer to a request and a later one are the same: $name", async ({ body, accept }) => {
  const { post, ask } = start();
  const request = { query: QUERY, variables: { t: "x" }, ...body };
  const headers = accept === undefined ? {} : { accept };
  const relevant = (answer: Awaited<ReturnType<typeof post>>) => [
    answer.statusCode,
    answer.headers["content-type"],
    answer.body,
  ];
  const first = await post(request, headers);
  for (let time = 0; time < 2; time++) await ask(QUERY);
  expect(relevant(await post(request, headers))).toEqual(relevant(first));
});

test.each<{ name: string; query: string; variables?: object; argument: string; code?: string }>([
  { name: "a variable", query: "query($t: String) { echo(text: $t) }", variables: { t: "a\0b" }, argument: "t" },
  {
    name: "half a surrogate pair",
    query: "query($t: String) { echo(text: $t) }",
    variables: { t: "a\ud83d" },
    argument: "t",
  },
  {
    name: "a value deep inside a variable",
    query: "query($t: String) { echo(text: $t) }",
    variables: { t: "x", json: { a: [1, { b: "\0" }] } },
    argument: "json",
  },
  { name: "a key", query: "query($t: String) { echo(text: $t) }", variables: { json: { "\0": 1 } }, argument: "json" },
  { name: "the document", query: '{ echo(text: "a\\u0000b") }', argument: "text", code: "GRAPHQL_VALIDATION_FAILED" },
])(
  "text that cannot be stored is refused, interpreted and compiled: $name",
  async ({ query, variables, argument, code = "BAD_USER_INPUT" }) => {
    const { ask } = start();
    for (let time = 0; time < 2; time++) {
      const answer = await ask(query, variables);
      expect(answer.json().errors[0]).toMatchObject({
        message: expect.stringMatching(`^${argument}: `),
        extensions: { code, argument },
      });
      for (let again = 0; again < 2; again++) await ask(query, { t: "\u{1F600}" });
    }
  },
);

test("answers from compiled code are measured and logged like others", async () => {
  const metrics = new Metrics({ version: "1" });
  const { ask, lines } = start({}, { metrics });
  for (let time = 0; time < 4; time++) await ask("{ ...F } fragment F on Query { me }", {}, { authorization: "token" });
  expect(lines.map(({ msg, operation, actorId, outcome }) => ({ msg, operation, actorId, outcome }))).toEqual(
    Array.from({ length: 4 }, () => ({ msg: "query", operation: "me", actorId: "u1", outcome: "OK" })),
  );
  expect(await metrics.text()).toContain(
    'retrograde_graphql_requests_total{operation="me",type="query",outcome="OK"} 4',
  );
});

test.each([
  "{ bug }",
  "{ number bug }",
  "mutation { bug }",
  "{ ...F } fragment F on Query { bug }",
  "{ missing }",
  "{ wrong }",
])("a bug is masked and logged with the request's id: %s", async (query) => {
  const { ask, lines } = start();
  for (let time = 0; time < 3; time++) {
    lines.length = 0;
    const answer = await ask(query);
    const requestId = answer.headers["x-request-id"];
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toMatch(/hunter2|stack|Cannot return null|not a number/);
    expect(answer.json().errors).toMatchObject([{ extensions: { code: "INTERNAL_SERVER_ERROR", requestId } }]);
    expect(lines.filter(({ level }) => level === 50)).toMatchObject([{ requestId }]);
  }
});

test("a refusal is HTTP 200 with its own code and details, first time and later", async () => {
  const { ask, lines } = start();
  for (let time = 0; time < 3; time++) {
    const answer = await ask("{ number refused }");
    expect(answer.statusCode).toBe(200);
    expect(answer.json().errors[0]).toEqual({
      message: REFUSED_MESSAGE,
      path: ["refused"],
      extensions: { code: "FORBIDDEN", permission: "deployment.get" },
    });
  }
  expect((await ask("mutation { conflict }")).json().errors[0]).toMatchObject({
    message: "taken",
    extensions: { code: "CONFLICT" },
  });
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test("the actor is looked up once: remembered for a query, fresh for a mutation, whose answer has others forgotten", async () => {
  const { ask, authenticated, forgotten, lines } = start();
  expect((await ask("{ me again: me }", {}, { authorization: "token" })).json().data).toEqual({
    me: "Ada",
    again: "Ada",
  });
  expect(forgotten()).toBe(0);
  await ask("mutation { change }", {}, { authorization: "token" });
  // The first call is for the budget of work, which caches the caller.
  expect(authenticated).toEqual([
    ["token", false],
    ["token", false],
    ["token", true],
  ]);
  expect(forgotten()).toBe(1);
  expect((await ask("{ meOrNull }", {}, { authorization: "stale" })).json()).toEqual({ data: { meOrNull: null } });
  expect((await ask("{ me }")).json().errors[0]).toMatchObject({
    message: REFUSED_MESSAGE,
    extensions: { code: "UNAUTHENTICATED" },
  });
  expect(JSON.stringify(lines)).not.toContain("token");
});

test("one line per request: debug for queries, info for mutations, named by the root field and not by the client", async () => {
  const { ask, lines } = start();
  await ask("query Mine { ...F } fragment F on Query { me }", { secret: "s3cret" }, { authorization: "token" });
  await ask("mutation { conflict }");
  expect(lines).toMatchObject([
    { level: 20, msg: "query", operation: "me", actorId: "u1", outcome: "OK" },
    { level: 30, msg: "mutation", operation: "conflict", outcome: "CONFLICT" },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/s3cret|Mine/);
});

test("a request has an id of ours, and the log has the client's beside it if it is sane", async () => {
  const { ask, app, lines } = start();
  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  for (const [given, logged] of [
    ["abc-1", "abc-1"],
    ["no\tgood {}", undefined],
  ] as const) {
    lines.length = 0;
    const answer = await ask("mutation { conflict }", {}, { "x-request-id": given });
    const requestId = answer.headers["x-request-id"];
    expect(requestId).toMatch(UUID);
    expect(lines).toEqual([expect.objectContaining({ requestId })]);
    expect(lines[0]?.["clientRequestId"]).toBe(logged);
  }
  const shown = await ask("{ requestId }", {}, { "x-request-id": "abc-1" });
  expect(shown.json().data.requestId).toBe(shown.headers["x-request-id"]);
  expect((await app.inject("/nowhere")).headers["x-request-id"]).toMatch(UUID);
});

test("every response forbids sniffing, and none is kept unless it may be", async () => {
  const { ask, app } = start();
  const answers = [
    await ask("{ number }"),
    await ask("{ nothing }"),
    ...(await Promise.all(["/v1/healthz", "/nowhere", "/v1/%zz", "/metrics", "/ws"].map((url) => app.inject(url)))),
    await app.inject({ method: "DELETE", url: "/v1" }),
  ];
  for (const { headers } of answers)
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "x-request-id": expect.any(String),
    });
});

test.each<[string, Payload, Record<string, string>, number]>([
  ["no JSON", "{ nonsense", {}, 400],
  ["an empty body", "", {}, 400],
  ["a list", "[]", {}, 400],
  ["a batch", '[{"query":"{ number }"}]', {}, 400],
  ["null", "null", {}, 400],
  ["a number", "7", {}, 400],
  ["an empty object", "{}", {}, 400],
  ["no query", '{"variables":{}}', {}, 400],
  ["a number as query", '{"query":7}', {}, 400],
  ["a list as query", '{"query":["{ number }"]}', {}, 400],
  ["null as query", '{"query":null}', {}, 400],
  ["a list as variables", '{"query":"{ number }","variables":[1]}', {}, 400],
  ["text as variables", '{"query":"{ number }","variables":"{}"}', {}, 400],
  ["a number as operationName", '{"query":"{ number }","operationName":7}', {}, 400],
  ["an unknown operationName", '{"query":"query A { number }","operationName":"B"}', {}, 400],
  ["two operations and no name", '{"query":"query A { number } query B { number }"}', {}, 400],
  ["odd extensions", '{"query":"{ number }","extensions":{"persistedQuery":7}}', {}, 200],
  ["a poisoned prototype", '{"query":"{ number }","__proto__":{"a":1}}', {}, 400],
  ["deep JSON", `{"query":${"[".repeat(9000)}${"]".repeat(9000)}}`, {}, 400],
  [
    "deep variables",
    `{"query":"query($t: String) { echo(text: $t) }","variables":{"t":${"[".repeat(9000)}${"]".repeat(9000)}}}`,
    {},
    400,
  ],
  ["a deep query", JSON.stringify({ query: "{a".repeat(5000) }), {}, 400],
  ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {}, 400],
  ["a syntax error", '{"query":"{"}', {}, 400],
  ["an unknown field", '{"query":"{ unknownField }"}', {}, 400],
  ["a wrong variable", '{"query":"query($t: String) { echo(text: $t) }","variables":{"t":7}}', {}, 400],
  ["a subscription", '{"query":"subscription { ticks }"}', {}, 400],
  ["plain text", "{ number }", { "content-type": "text/plain" }, 415],
  ["a form", "query=%7Bnumber%7D", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["a malformed content type", '{"query":"{ number }"}', { "content-type": "json" }, 415],
  ["too much", JSON.stringify({ query: `{ number }${" ".repeat(30_000)}` }), {}, 413],
])("malformed: %s", async (_name, payload, headers, status) => {
  const { post, lines } = start();
  for (let time = 0; time < 2; time++) {
    const answer = await post(payload, headers);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().errors).toEqual([
      expect.objectContaining({
        message: expect.any(String),
        extensions: expect.objectContaining({ code: expect.any(String) }),
      }),
    ]);
    expect(answer.body).not.toMatch(/node_modules|INTERNAL/);
  }
  expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test.each([
  ["too deep", "{ deep { deep { deep { deep { deep { deep { number } } } } } } }", undefined, "QUERY_TOO_DEEP"],
  ["too many aliases", "{ a: number b: number c: number d: number }", undefined, "TOO_MANY_ALIASES"],
  ["too large a page", "query($n: Int) { page(first: $n) { number } }", { n: 1000 }, "QUERY_TOO_COSTLY"],
  ["too long", `{ ${"number ".repeat(600)} }`, undefined, "GRAPHQL_PARSE_FAILED"],
])("limits: %s", async (_name, query, variables, code) => {
  const answer = await start().ask(query, variables);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors[0].extensions).toEqual({ code });
});

test.each([
  ["a hundred", 100, 'Cannot query field "x99" on type "Query".'],
  [
    "more",
    150,
    "The document has more than 100 validation errors, of which these are the first; correct them and send it again",
  ],
])("of unknown fields, %s: every error is told, or that there are more", async (_name, count, last) => {
  const { ask } = start({ maxTokens: 2_000 });
  const answer = await ask(`{ ${Array.from({ length: count }, (_, number) => `x${number}`).join(" ")} }`);
  expect(answer.statusCode).toBe(400);
  const { errors } = answer.json();
  expect(errors).toHaveLength(Math.min(count, 101));
  expect(errors.at(-1)).toMatchObject({ message: last, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });
});

test("the cost is looked at anew for each request's variables", async () => {
  const { ask } = start();
  const query = "query($n: Int) { page(first: $n) { number } }";
  for (let time = 0; time < 3; time++) expect((await ask(query, { n: 2 })).json().data.page).toHaveLength(2);
  expect((await ask(query, { n: 1000 })).statusCode).toBe(400);
});

test.each([
  ["a query, compiled from the third time on", "{ page(first: 60) { number } }"],
  ["lists in lists", "{ page(first: 8) { page(first: 8) { number } } }"],
  ["objects in a list", "{ page(first: 30) { deep { number } } }"],
])("the objects that a request resolves are counted: %s", async (_name, query) => {
  const { ask, lines } = start({ maxObjects: 50, maxCost: 1_000_000 });
  for (let time = 0; time < 4; time++) {
    const answer = await ask(query);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({
      errors: [{ message: expect.stringContaining("more than 50 objects"), extensions: { code: "QUERY_TOO_COSTLY" } }],
    });
  }
  expect((await ask("{ page(first: 25) { deep { number } } }")).json().data.page).toHaveLength(25);
  expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test("introspection that is not the standard query counts like everything else", async () => {
  const { ask } = start({ maxTokens: 2000, maxCost: 100 });
  for (const query of [
    "{ __schema { a: types { name fields { name } } } }",
    '{ __type(name: "Query") { fields { type { fields { name } } } } }',
  ]) {
    const answer = await ask(query);
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([400, "QUERY_TOO_COSTLY"]);
  }
  const standard = getIntrospectionQuery({ inputValueDeprecation: true });
  const first = (await ask(standard)).json();
  expect(first.data.__schema.types.length).toBeGreaterThan(5);
  expect((await ask(standard)).json()).toEqual(first);
});

test.each([
  [
    "query ($t: String) { echo(text: $t) }",
    { t: { secret: "hunter2" } },
    'Variable "$t" got an invalid value: String cannot represent a non string value',
  ],
  [
    "query ($t: Int) { page(first: $t) { number } }",
    { t: "hunter2" },
    'Variable "$t" got an invalid value: Int cannot represent non-integer value',
  ],
  ["query ($t: String!) { echo(text: $t) }", {}, 'Variable "$t" of required type "String!" was not provided.'],
])("an error of a variable does not repeat its value: %s", async (query, variables, message) => {
  const { errors } = (await start().ask(query, variables)).json();
  expect(errors).toEqual([expect.objectContaining({ message, extensions: { code: "BAD_USER_INPUT" } })]);
});

test("a document that takes long to validate is refused before", async () => {
  const { ask } = start({ maxTokens: 2000 });
  const answer = await ask(`{ ${"deep { number } ".repeat(400)} }`);
  expect([answer.statusCode, answer.json().errors[0].extensions]).toEqual([400, { code: "QUERY_TOO_COSTLY" }]);
});

test("introspection can be had, and without it the schema is not given away by suggestions", async () => {
  expect((await start({ maxTokens: 2000 }).ask(getIntrospectionQuery())).json().data.__schema).toBeDefined();
  const { ask } = start({ introspection: false });
  expect((await ask("{ __schema { types { name } } }")).statusCode).toBe(400);
  const message = (await ask("{ numbr }")).json().errors[0].message as string;
  expect(message).toContain('Cannot query field "numbr"');
  expect(message).not.toContain("number");
});

test("health and readiness stand beside the endpoint, and metrics at a fixed path", async () => {
  const { app, post, metrics } = { metrics: new Metrics({ version: "9" }), ...start({ endpoint: "/api/graphql" }) };
  expect((await post({ query: "{ number }" }, {}, "/api/graphql")).json()).toEqual({ data: { number: 7 } });
  expect((await app.inject("/api/graphql/healthz")).json()).toEqual({ status: "ok" });
  expect((await app.inject("/api/graphql/readyz")).json()).toEqual({
    status: "ready",
    version: "1.2.3",
    checks: { database: "ok" },
  });
  expect((await app.inject("/metrics")).body).toContain(
    'retrograde_graphql_requests_total{operation="number",type="query",outcome="OK"} 1',
  );
  expect((await post({ query: "{ number }" })).statusCode).toBe(404);

  metrics.watchJobsWaiting(async () => 3);
  metrics.watchLogExportLag(() => Promise.reject(new Error("down")));
  metrics.rollback("ACCEPTED");
  metrics.rollout("DEPLOYED", 2);
  metrics.logLinesExported(5);
  metrics.logLinesRejected(1);
  const text = await metrics.text();
  for (const line of [
    'retrograde_build_info{version="9"} 1',
    "retrograde_jobs_waiting 3",
    "retrograde_log_export_lag_seconds Nan",
    'retrograde_rollbacks_total{outcome="ACCEPTED"} 1',
    'retrograde_rollout_duration_seconds_count{status="DEPLOYED"} 1',
    "retrograde_log_lines_exported_total 5",
    "retrograde_log_lines_rejected_total 1",
    "process_resident_memory_bytes",
  ]) {
    expect(text).toContain(line);
  }
});

test.each([
  ["says so", async () => ({ ready: false, checks: { database: "down" } }), { database: "down" }],
  ["fails itself", () => Promise.reject(new Error(SECRET)), {}],
])("not ready if the check %s", async (_name, ready, checks) => {
  const answer = await start({}, { ready }).app.inject("/v1/readyz");
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({ status: "not ready", version: "1.2.3", checks });
});

test("other origins are let in by configuration only", async () => {
  const preflight = {
    origin: "https://ui.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
  };
  const allowed = async (allowedOrigins: string[]) =>
    (await start({ allowedOrigins }).app.inject({ method: "OPTIONS", url: "/v1", headers: preflight })).headers[
      "access-control-allow-origin"
    ];
  expect(await allowed([])).toBeUndefined();
  expect(await allowed(["https://ui.example"])).toBe("https://ui.example");
  expect(await allowed(["https://other.example", "https://third.example"])).toBeUndefined();
  expect(await allowed(["*"])).toBe("*");
  const answer = await start({ allowedOrigins: ["*"] }).ask("{ number }", {}, { origin: "https://ui.example" });
  expect(answer.headers["access-control-allow-origin"]).toBe("*");
});

test("a browser gets the explorer, everybody else an explanation", async () => {
  const { app } = start();
  const page = await app.inject({ url: "/v1", headers: { accept: "text/html,*/*" } });
  expect(page.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  const assets = [...page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
  expect(assets).toHaveLength(2);
  for (const asset of assets) expect((await app.inject(asset)).statusCode).toBe(200);
  const script = (await app.inject("/v1/explorer/explorer.js")).body;
  expect(() => new Script(script)).not.toThrow();

  for (const method of ["GET", "PUT", "DELETE"] as const) {
    const refused = await app.inject({ method, url: "/v1" });
    expect([refused.statusCode, refused.headers.allow, refused.json().errors[0].extensions.code]).toEqual([
      405,
      "POST",
      "METHOD_NOT_ALLOWED",
    ]);
  }
  const typed = await app.inject({ url: "/", headers: { accept: "text/html,*/*" } });
  expect([typed.statusCode, typed.headers.location]).toEqual([302, "/v1"]);
  expect((await app.inject("/")).json().errors[0]).toEqual({
    message: "There is nothing at GET /",
    extensions: { code: "NOT_FOUND" },
  });
  expect((await app.inject("/nowhere?token=abc")).json().errors[0]).toEqual({
    message: "There is nothing at GET /nowhere",
    extensions: { code: "NOT_FOUND" },
  });
  expect((await app.inject("/%zz")).statusCode).toBe(400);
});

test("closing lets a request in hand finish, and takes no new one", async () => {
  const { listen, close } = start();
  const { url } = await listen();
  const begun = once(calls, "slow");
  const inHand = fetchQuery(url, "{ slow(ms: 300) }");
  await begun;
  // Longer than the test may take: closing has to end with the request, before this time has passed.
  const closed = close(60_000);
  await expect(inHand).resolves.toEqual({ data: { slow: true } });
  await closed;
  await expect(fetchQuery(url, "{ number }")).rejects.toThrow();
});

test("a request that takes too long is given up, unless it is for work that takes as long as there is data", async () => {
  const { ask } = start({}, { answerWithinMs: 100 });
  const late = await ask("{ slow(ms: 1000) }");
  expect(late.json().errors[0].extensions.code).toBe("UNAVAILABLE");
  expect((await ask("{ unhurried(ms: 1000) }")).json()).toEqual({ data: { unhurried: true } });
});

test("closing cuts off what does not finish in time", async () => {
  const { listen, close } = start();
  const { url } = await listen();
  const begun = once(calls, "slow");
  // Longer than the test may take: the test does not wait for the response.
  const inHand = fetchQuery(url, "{ slow(ms: 60000) }").catch(() => "cut");
  await begun;
  await close(200);
  expect(await inHand).toBe("cut");
});

async function fetchQuery(url: string, query: string): Promise<unknown> {
  const answer = await fetch(`${url}/v1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return answer.json();
}

describe("a port for operators", () => {
  test("has health and metrics, and the port of the API only says whether it is ready", async () => {
    const { listen, app, operators, close } = start({ operatorPort: 0 });
    const { url, operatorUrl } = await listen();
    const get = async (base: string | undefined, path: string) => {
      const response = await fetch(`${base}${path}`);
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    expect(operatorUrl).not.toBe(url);
    expect((await get(operatorUrl, "/metrics")).text).toContain("retrograde_build_info");
    expect((await get(url, "/metrics")).status).toBe(404);
    const ready = await get(operatorUrl, "/v1/readyz");
    expect(JSON.parse(ready.text)).toEqual({ status: "ready", version: "1.2.3", checks: expect.any(Object) });
    expect(ready.headers.get("x-content-type-options")).toBe("nosniff");
    expect(JSON.parse((await get(url, "/v1/readyz")).text)).toEqual({ status: "ready" });
    for (const base of [url, operatorUrl]) expect((await get(base, "/v1/healthz")).status).toBe(200);
    expect((await get(operatorUrl, "/v1")).status).toBe(404);
    await close(1000);
    expect([app.server.listening, operators?.server.listening]).toEqual([false, false]);
  });

  test("is not there unless it is set", async () => {
    const { app, operators } = start();
    expect(operators).toBeNull();
    expect((await app.inject("/metrics")).statusCode).toBe(200);
    expect((await app.inject("/v1/readyz")).json()).toHaveProperty("checks");
  });
});
