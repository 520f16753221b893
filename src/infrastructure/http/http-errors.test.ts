import { closeToyServers, startToyServer } from "../../../test/world/toy-api-server";

afterEach(closeToyServers);

const coded = (code: string): Error => Object.assign(new Error(code), { code });

test.each([
  ["ENOSPC", 507],
  ["EDQUOT", 507],
  ["EROFS", 503],
  ["ECONNREFUSED", 503],
  ["57P01", 503],
  ["25006", 503],
])("a route that meets %s answers %i, UNAVAILABLE and Retry-After, and logs no error", async (code, status) => {
  const { app, lines } = startToyServer();
  app.get("/meets", async () => Promise.reject(coded(code)));
  const answer = await app.inject("/meets");
  expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([status, "UNAVAILABLE"]);
  expect(Number(answer.headers["retry-after"])).toBe(answer.json().errors[0].extensions.retryAfterSeconds);
  expect(lines.filter(({ level }) => level === 50)).toEqual([]);
});

test("a route that hangs is answered UNAVAILABLE in the end; one with no deadline is waited for", async () => {
  const { app } = startToyServer({}, { answerWithinMs: 50 });
  app.get("/hangs", () => new Promise(() => undefined));
  app.get(
    "/takes-long",
    { config: { deadline: false } },
    () => new Promise((resolve) => setTimeout(() => resolve({ ok: true }), 200)),
  );
  const [hung, long] = await Promise.all([app.inject("/hangs"), app.inject("/takes-long")]);
  expect([hung.statusCode, hung.json().errors[0].extensions.code]).toEqual([503, "UNAVAILABLE"]);
  expect(long.json()).toEqual({ ok: true });
});

test("a GraphQL request that hangs is answered UNAVAILABLE in the end", async () => {
  const { post } = startToyServer({}, { answerWithinMs: 50, authenticate: () => new Promise(() => undefined) });
  const answer = await post({ query: "{ me }" }, { authorization: "token" });
  expect([answer.statusCode, answer.json().errors[0].extensions]).toEqual([
    200,
    { code: "UNAVAILABLE", retryAfterSeconds: 5 },
  ]);
});
