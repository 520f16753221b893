import { ask, askInVain, signUp, signUpAdmin, uniqueName } from "../builders/api";
import { until } from "../world/until";
import { person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { token { value } } }";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const linesOf = (action: string) =>
  world.database.sql.query<{ actor: string; object: string | null; details: object; address: string }>(
    `SELECT actor_id AS actor, object_id AS object, details, address FROM audit_line WHERE action = $1 ORDER BY created_at, id`,
    [action],
  );

/** Lines of refusals are written beside the request. */
const untilLines = (action: string, count: number) =>
  until(
    () => linesOf(action),
    (lines) => lines.length >= count,
  );

test("a refused sign-in leaves one line, which says whose account it was and nothing of what was typed", async () => {
  const user = await person(world, admin);
  const typed = uniqueName("a-password-in-the-wrong-field");
  for (let attempt = 0; attempt < 3; attempt++) {
    expect((await askInVain(world, SIGN_IN, { identity: user.email, password: "wrong horse" })).code).toBe(
      "UNAUTHENTICATED",
    );
    await askInVain(world, SIGN_IN, { identity: typed, password: "wrong horse" });
  }
  const lines = await untilLines("user.refuse_sign_in", 2);
  expect(lines).toHaveLength(2);
  expect(lines).toEqual(
    expect.arrayContaining(
      [user.id, null].map((object) => ({
        actor: "nobody",
        object,
        details: { reason: "UNAUTHENTICATED" },
        address: "127.0.0.1",
      })),
    ),
  );
  expect(JSON.stringify(await world.database.sql.query("SELECT * FROM audit_line"))).not.toContain(typed);
});

test("a call that its caller lacks the permission for leaves one line, over GraphQL and over HTTP", async () => {
  const user = await signUp(world, { by: admin });
  for (let attempt = 0; attempt < 3; attempt++)
    expect((await askInVain(world, "{ auditLines { nodes { id } } }", null, user.token)).code).toBe("FORBIDDEN");
  await world.app.server.app.inject({ url: "/v1/audit/export", headers: { authorization: user.token } });
  const lines = await untilLines("system.refuse_call", 2);
  expect(lines.map(({ details }) => details)).toEqual([
    { operation: "auditLines", permission: "system.iam.update" },
    { operation: "GET /v1/audit/export", permission: "system.iam.update" },
  ]);
  expect(new Set(lines.map(({ actor }) => actor))).toEqual(new Set([user.id]));
  expect(new Set(lines.map(({ address }) => address))).toEqual(new Set(["127.0.0.1"]));
});

test("an export of the trail leaves a line with its filter", async () => {
  const url = "/v1/audit/export?action=user";
  const answer = await world.app.server.app.inject({ url, headers: { authorization: admin } });
  expect(answer.statusCode).toBe(200);
  expect(await linesOf("system.export_audit_trail")).toMatchObject([{ details: { action: "user" } }]);
  const { auditLines } = await ask(
    world,
    '{ auditLines(filter: { action: "system.export_audit_trail" }) { nodes { actorType objectType } } }',
    null,
    admin,
  );
  expect(auditLines.nodes).toEqual([{ actorType: "USER", objectType: "system" }]);
});
