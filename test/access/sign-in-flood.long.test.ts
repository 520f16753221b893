import type { AddressInfo } from "node:net";
import { askInVain, signUpAdmin } from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

const SIGN_IN =
  "mutation ($identity: String!, $password: String!) { createToken(identity: $identity, password: $password) { token { value } } }";
const SIGN_UP = `mutation ($email: String!) { createUser(email: $email, password: "correct horse") { user { id } } }`;
const ATTEMPTS = 256;
const ADDRESSES = 32;
/** Generous: on a busy machine everything takes several times as long. */
const MAX_MS = 10_000;

let world: TestApp;
afterEach(() => world.close());

const from = (address: string): Record<string, string> => ({
  "content-type": "application/json",
  "x-forwarded-for": address,
});

function urlOf({ app }: TestApp): string {
  const { port } = app.server.app.server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

test("a flood of wrong sign-ins is bounded, and others are served meanwhile", async () => {
  world = await startTestApp({ env: { WEBSERVER__TRUST_PROXY: "true" } });
  const token = await signUpAdmin(world);
  const url = urlOf(world);
  const ask = async (query: string, variables: object, headers: Record<string, string>) => {
    const response = await fetch(`${url}/v1`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    return (await response.json()) as {
      data: unknown;
      errors?: { extensions: { code: string; retryAfterSeconds?: number } }[];
    };
  };
  let flooding = true;
  const flood = Promise.all(
    Array.from({ length: ATTEMPTS }, (_, index) =>
      ask(SIGN_IN, { identity: `nobody-${index}`, password: "wrong" }, from(`198.51.100.${index % ADDRESSES}`)),
    ),
  ).finally(() => (flooding = false));

  const times: number[] = [];
  do {
    const startedAt = performance.now();
    const health = await fetch(`${url}/v1/healthz`);
    times.push(performance.now() - startedAt);
    const answer = await ask("{ self { user { id } } }", {}, { ...from("192.0.2.1"), authorization: token });
    expect([health.status, answer.errors]).toEqual([200, undefined]);
  } while (flooding);

  const errors = (await flood).map((answer) => answer.errors![0]!.extensions);
  const count = (code: string): number => errors.filter((error) => error.code === code).length;
  expect(count("UNAUTHENTICATED") + count("TOO_MANY_ATTEMPTS")).toBe(ATTEMPTS);
  expect(count("UNAUTHENTICATED")).toBeGreaterThan(0);
  expect(
    errors.filter(({ code }) => code === "TOO_MANY_ATTEMPTS").map(({ retryAfterSeconds }) => retryAfterSeconds),
  ).toContain(2);
  expect(Math.max(...times)).toBeLessThan(MAX_MS);
  // A refusal of the queue does not count as an attempt: nothing of it is kept.
  const [{ counted } = { counted: -1 }] = await world.database.sql.query<{ counted: number }>(
    "SELECT count(*)::int AS counted FROM failed_login WHERE key LIKE 'account:%'",
  );
  expect(counted).toBe(count("UNAUTHENTICATED"));
});

test("sign-ups are limited by address and in total; those by invitation are not", async () => {
  const env = {
    WEBSERVER__TRUST_PROXY: "true",
    PUBLIC_SIGNUPS: "true",
    AUTH__LOCAL__SIGN_UPS__PER_ADDRESS: "2",
    AUTH__LOCAL__SIGN_UPS__TOTAL: "3",
  };
  world = await startTestApp({ env });
  const admin = await signUpAdmin(world);
  let users = 0;
  const signUp = async (address: string, token?: string): Promise<string> => {
    const { errors } = await world.send(SIGN_UP, { email: `someone-${++users}@example.com` }, token, {
      "x-forwarded-for": address,
    });
    return errors?.[0]?.extensions.code ?? "OK";
  };
  const outcomes: string[] = [];
  for (const address of ["192.0.2.1", "192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::2", "192.0.2.9"])
    outcomes.push(await signUp(address));
  expect(outcomes).toEqual(["OK", "OK", "TOO_MANY_ATTEMPTS", "OK", "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]);
  expect(await signUp("192.0.2.1", admin)).toBe("OK");
  const refusal = await askInVain(world, SIGN_UP, { email: "last@example.com" });
  expect(refusal.extensions["retryAfterSeconds"]).toBeGreaterThan(0);
});
