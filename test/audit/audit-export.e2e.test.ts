import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ask,
  createDeployment,
  deployImage,
  serviceAccountWith,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { REVOKE_USER } from "../builders/team-operations";
import { startTestApp, type TestApp } from "../world/app";
import { statementsDuring } from "../world/statements";

const EXPORT = "/v1/audit/export";
const LINES = `query ($filter: AuditLineFilter) { auditLines(first: 100, filter: $filter) {
  nodes { id action actorId actorType actorLabel objectType objectId objectLabel workspaceUuid deploymentUuid details requestId address createdAt } } }`;

let world: TestApp;
let admin: string;
let deployment: BuiltDeployment;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin);
  await deployImage(world, admin, deployment);
});
afterAll(() => world.close());

const request = (query = "", token?: string) =>
  world.app.server.app.inject({
    url: `${EXPORT}${query}`,
    headers: token === undefined ? {} : { authorization: token },
  });
async function exported(query = "", token = admin): Promise<{ id: string; action: string }[]> {
  const answer = await request(query, token);
  expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
  return answer.body
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
const insertMany = (action: string, count: number, padding = 0): Promise<unknown> =>
  world.database.sql.query(
    `INSERT INTO audit_line (id, action, actor_id, actor_type, actor_label, object_type, details, created_at)
     SELECT gen_random_uuid(), $1, 'x', 'USER', 'x', 'system', jsonb_build_object('n', n, 'padding', repeat('x', $3::int)), '2025-01-01T00:00:00Z'::timestamptz + (n / 3) * interval '1 ms'
     FROM generate_series(1, $2::int) AS n`,
    [action, count, padding],
  );

test("holds what the query answers, oldest first", async () => {
  const filter = { deploymentUuid: deployment.id };
  const { nodes } = (await ask(world, LINES, { filter }, admin)).auditLines;
  expect(nodes.length).toBeGreaterThan(2);
  expect(await exported(`?deploymentUuid=${deployment.id}`)).toEqual([...nodes].reverse());
});

test("takes the query's filter", async () => {
  const count = async (query: string): Promise<number> => (await exported(query)).length;
  expect(await count(`?deploymentUuid=${deployment.id}&action=deploy_revision`)).toBe(1);
  expect(
    await count(
      `?deploymentUuid=${deployment.id}&action=deploy_revision.record&workspaceUuid=${deployment.workspaceId}&actorId=`,
    ),
  ).toBe(1);
  expect(await count(`?deploymentUuid=${deployment.id}&action=deploy`)).toBe(0);
  expect(await count("?deploymentUuid=nowhere")).toBe(0);
  expect(await count(`?objectId=${deployment.id}&createdAfter=2999-01-01T00:00:00Z`)).toBe(0);
  expect(await count(`?objectId=${deployment.id}&createdBefore=2999-01-01T00:00:00%2B01:00`)).toBe(2);
});

test("goes over all pages, with every line once, also where many are of one instant", async () => {
  await insertMany("test.pages", 1_501);
  const lines = await exported("?action=test.pages");
  expect(new Set(lines.map(({ id }) => id)).size).toBe(1_501);
  expect(lines).toHaveLength(1_501);
});

/**
 * The number of the last line, if `meanwhile` is done when the first has come: the server is further on by no more than
 * sockets hold.
 */
function lastExportedAfter(query: string, token: string, meanwhile: () => Promise<unknown>): Promise<number> {
  const { port } = world.app.server.app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, path: `${EXPORT}${query}`, headers: { authorization: token } }, (response) => {
      const chunks: Buffer[] = [];
      response.once("data", () => {
        response.pause();
        meanwhile().then(() => response.resume(), reject);
      });
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve(JSON.parse(Buffer.concat(chunks).toString("utf8").split("\n").at(-2) ?? "").details.n),
      );
      response.on("error", reject);
    }).on("error", reject);
  });
}

test("goes on to the end although the clean-up takes away lines that were just read", async () => {
  await insertMany("test.expiring", 12_000, 4_000);
  const last = await lastExportedAfter("?action=test.expiring", admin, () =>
    world.database.sql.query(
      "DELETE FROM audit_line WHERE action = 'test.expiring' AND (details ->> 'n')::int <= 11000",
    ),
  );
  expect(last).toBe(12_000);
});

test("is cut off once its reader may see the trail no more", async () => {
  await insertMany("test.revoked", 12_000, 4_000);
  const { id, token } = await userWith(world, admin, "SYSTEM_ADMIN");
  const revoke = () => ask(world, REVOKE_USER, { userId: id, role: "SYSTEM_ADMIN" }, admin);
  await expect(lastExportedAfter("?action=test.revoked", token, revoke)).rejects.toThrow("aborted");
});

test("is read no further once the client has gone away, and as slowly as it reads", async () => {
  // More than sockets hold between the two.
  await insertMany("test.slow", 12_000, 4_000);
  const { port } = world.app.server.app.server.address() as AddressInfo;
  const statements = await statementsDuring(async () => {
    await new Promise<void>((resolve, reject) => {
      const outgoing = get(
        { port, path: `${EXPORT}?action=test.slow`, headers: { authorization: admin } },
        (response) => {
          response.once("data", () => {
            response.pause();
            void sleep(300).then(() => {
              outgoing.destroy();
              resolve();
            });
          });
        },
      ).on("error", reject);
    });
    await sleep(100);
  });
  const pages = statements.filter((text) => text.includes("FROM audit_line")).length;
  expect(pages).toBeGreaterThan(0);
  expect(pages).toBeLessThan(20);
});

test.each([
  ["an instant that is none", "createdAfter=yesterday", "createdAfter"],
  ["a parameter that is none", "actor=x", "actor"],
  ["a parameter twice", "actorId=x&actorId=y", "actorId"],
  ["a null character", "action=%00", "action"],
])("refuses %s", async (_name, query, argument) => {
  const answer = await request(`?${query}`, admin);
  expect([answer.statusCode, answer.json().errors[0].extensions]).toEqual([400, { code: "BAD_USER_INPUT", argument }]);
});

test("is for whoever may see the trail", async () => {
  expect((await request()).statusCode).toBe(401);
  expect((await request("", "0".repeat(32))).statusCode).toBe(401);
  for (const role of ["SYSTEM_EDITOR", "SYSTEM_VIEWER"])
    expect((await request("", (await userWith(world, admin, role)).token)).statusCode).toBe(403);
  expect(
    (
      await request(
        "",
        (await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: deployment.workspaceId })).token,
      )
    ).statusCode,
  ).toBe(403);
  const { token } = await serviceAccountWith(world, admin, "SYSTEM_ADMIN");
  expect((await exported(`?deploymentUuid=${deployment.id}`, token)).length).toBeGreaterThan(0);
});

test("lines go with the nightly clean-up once they are kept no longer", async () => {
  await insertMany("test.old", 6_000);
  await world.database.sql.query(
    "UPDATE audit_line SET created_at = now() - interval '365 days' - interval '1 minute' WHERE action = 'test.old' AND (details ->> 'n')::int > 1",
  );
  await world.database.sql.query(
    "UPDATE audit_line SET created_at = now() - interval '364 days' WHERE action = 'test.old' AND (details ->> 'n')::int = 1",
  );
  await ask(world, "mutation { cleanupDeployRevisions { deletedRevisions } }", {}, admin);
  expect(await exported("?action=test.old")).toHaveLength(1);
});
