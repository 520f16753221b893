import { ask, askInVain, createDeployment, signUpAdmin } from "../builders/api";
import { closeSockets, RawSocket, socketUrl } from "../builders/socket";
import { refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const DAY_MS = 86_400_000;
const FIELDS = "id apiKey expiresAt lastUsedAddress";
const LEVELS = {
  SYSTEM: {
    create: `mutation ($expiresAt: DateTime) {
      account: createSystemServiceAccount(label: "ci", role: SYSTEM_ADMIN, expiresAt: $expiresAt) { ${FIELDS} } }`,
    list: `{ accounts: systemServiceAccounts { ${FIELDS} } }`,
  },
  WORKSPACE: {
    create: `mutation ($workspaceId: Uuid!, $expiresAt: DateTime) {
      account: createWorkspaceServiceAccount(workspaceUuid: $workspaceId, label: "ci", role: WORKSPACE_ADMIN, expiresAt: $expiresAt) { ${FIELDS} } }`,
    list: `query ($workspaceId: Uuid!) { accounts: workspaceServiceAccounts(workspaceUuid: $workspaceId) { ${FIELDS} } }`,
  },
  DEPLOYMENT: {
    create: `mutation ($deploymentId: Uuid!, $expiresAt: DateTime) {
      account: createDeploymentServiceAccount(deploymentUuid: $deploymentId, label: "ci", role: DEPLOYMENT_ADMIN, expiresAt: $expiresAt) { ${FIELDS} } }`,
    list: `query ($deploymentId: Uuid!) { accounts: deploymentServiceAccounts(deploymentUuid: $deploymentId) { ${FIELDS} } }`,
  },
} as const;
const NAMES = Object.keys(LEVELS) as (keyof typeof LEVELS)[];

let world: TestApp;
let admin: string;
let places: { workspaceId: string; deploymentId: string };
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
  places = { workspaceId, deploymentId };
});
afterEach(closeSockets);
afterAll(() => world.close());

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function keyThatExpires(level: keyof typeof LEVELS, expiresAt: string | null, by = admin) {
  const { account } = await ask(world, LEVELS[level].create, { ...places, expiresAt }, by);
  return account as { id: string; apiKey: string; expiresAt: string | null; lastUsedAddress: string | null };
}

/** Moves the end of a key to a moment ago; naming the label makes replicas forget what they know of it. */
const letExpire = (id: string) =>
  world.database.sql.query(
    "UPDATE service_account SET expires_at = now() - interval '1 second', label = label WHERE id = $1",
    [id],
  );

describe.each(NAMES)("a key with a role on the level %s", (level) => {
  test("shows when it ends and where it was used, and stays valid until then", async () => {
    const expiresAt = inMs(DAY_MS);
    const created = await keyThatExpires(level, expiresAt);
    expect(created).toMatchObject({ expiresAt, lastUsedAddress: null });
    expect((await world.send("{ workspaces { id } }", null, created.apiKey)).errors).toBeUndefined();
    const { accounts } = await ask(world, LEVELS[level].list, places, admin);
    expect(accounts).toContainEqual({
      ...created,
      apiKey: created.apiKey.slice(0, 10),
      lastUsedAddress: "127.0.0.1",
    });
    const lines = await world.database.sql.query("SELECT details FROM audit_line WHERE object_id = $1", [created.id]);
    expect(lines).toEqual([{ details: expect.objectContaining({ expiresAt }) }]);
  });

  test.each([
    ["the past", () => inMs(-1000), "BAD_USER_INPUT"],
    ["no instant", () => "tomorrow", "BAD_USER_INPUT"],
  ])("is not made with an end in %s", async (_name, expiresAt, code) => {
    const refusal = await refusedWithoutTrace(
      world,
      LEVELS[level].create,
      { ...places, expiresAt: expiresAt() },
      admin,
    );
    expect(refusal.code).toBe(code);
  });

  test("is refused once it has ended, for reads and changes, with a message that says so", async () => {
    const { id, apiKey } = await keyThatExpires(level, inMs(DAY_MS));
    await ask(world, "{ workspaces { id } }", null, apiKey);
    await letExpire(id);
    for (const query of [`mutation { createWorkspace(label: "late") { id } }`, "{ workspaces { id } }"]) {
      const { message, extensions } = await askInVain(world, query, null, apiKey);
      expect(message).toMatch(/^The API key of this service account has expired, on 2\d{3}-/);
      expect(extensions).toEqual({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
    }
    const url = new URL("/v1/audit/export", socketUrl(world.app.server).replace("ws:", "http:"));
    const download = await fetch(url, { headers: { authorization: apiKey } });
    expect(download.status).toBe(401);
  });
});

test("a key that ends while it is remembered is refused on time, and its sockets are closed", async () => {
  const { apiKey } = await keyThatExpires("WORKSPACE", inMs(1500));
  const socket = await RawSocket.connect(socketUrl(world.app.server), "graphql-transport-ws");
  socket.send({ type: "connection_init", payload: { authorization: apiKey } });
  await socket.untilType("connection_ack");
  await ask(world, "{ workspaces { id } }", null, apiKey);
  expect((await socket.closed).code).toBe(4403);
  expect((await askInVain(world, "{ workspaces { id } }", null, apiKey)).extensions).toEqual({
    code: "UNAUTHENTICATED",
    reason: "EXPIRED",
  });
});

test("a max age holds for keys of before it too, and limits the ends that can be given", async () => {
  const [old, own] = [await keyThatExpires("SYSTEM", null), await keyThatExpires("SYSTEM", inMs(2 * DAY_MS))];
  await world.database.sql.query("UPDATE service_account SET created_at = now() - interval '31 days' WHERE id = $1", [
    old.id,
  ]);
  expect((await world.send("{ workspaces { id } }", null, old.apiKey)).errors).toBeUndefined();
  const replica = await startTestApp({
    database: world.database,
    env: { SERVICE_ACCOUNTS__MAX_KEY_AGE_DAYS: "30" },
  });
  try {
    expect((await askInVain(replica, "{ workspaces { id } }", null, old.apiKey)).extensions).toMatchObject({
      reason: "EXPIRED",
    });
    const { accounts } = await ask(replica, LEVELS.SYSTEM.list, places, admin);
    const endOf = (id: string): string => accounts.find((account: { id: string }) => account.id === id).expiresAt;
    expect(Date.parse(endOf(old.id))).toBeLessThan(Date.now());
    expect(endOf(own.id)).toBe(own.expiresAt);
    const refusal = await askInVain(replica, LEVELS.SYSTEM.create, { expiresAt: inMs(31 * DAY_MS) }, admin);
    expect(refusal).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("keys are accepted for 30 days at most"),
    });
    const { account } = await ask(replica, LEVELS.SYSTEM.create, { expiresAt: null }, admin);
    const expectedMs = Date.now() + 30 * DAY_MS;
    expect(Math.abs(Date.parse(account.expiresAt) - expectedMs)).toBeLessThan(60_000);
    expect((await replica.send("{ workspaces { id } }", null, account.apiKey)).errors).toBeUndefined();
  } finally {
    await replica.close();
  }
});

test("a key of an older version, without prefix and end, goes on working", async () => {
  const { id } = await keyThatExpires("SYSTEM", null);
  const old = "0123456789abcdef0123456789abcdef";
  await world.database.sql.query(
    "UPDATE service_account SET api_key_hash = encode(sha256($2::bytea), 'hex'), api_key_start = '012345' WHERE id = $1",
    [id, old],
  );
  expect((await world.send("{ workspaces { id } }", null, old)).errors).toBeUndefined();
});
