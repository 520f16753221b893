import {
  ask,
  createDeployment,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
  type Account,
  type Place,
} from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { NO_IDS } from "../builders/deployment-operations";
import { outcomes, READ_WORKSPACE, refusedWithoutTrace, UPDATE_WORKSPACE } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const FIELDS = "id label category apiKey active updatedAt createdAt";
const GIVEN = "$id: Uuid!, $label: String, $category: String, $role: Role";
const SAID = "serviceAccountUuid: $id, label: $label, category: $category, role: $role";

const LEVELS = {
  SYSTEM: {
    update: `mutation (${GIVEN}) { updateSystemServiceAccount(${SAID}) { ${FIELDS} } }`,
    list: `query { accounts: systemServiceAccounts { ${FIELDS} } }`,
  },
  WORKSPACE: {
    update: `mutation ($workspaceId: Uuid!, ${GIVEN}) { updateWorkspaceServiceAccount(workspaceUuid: $workspaceId, ${SAID}) { ${FIELDS} } }`,
    list: `query ($workspaceId: Uuid!) { accounts: workspaceServiceAccounts(workspaceUuid: $workspaceId) { ${FIELDS} } }`,
  },
  DEPLOYMENT: {
    update: `mutation ($deploymentId: Uuid!, ${GIVEN}) { updateDeploymentServiceAccount(deploymentUuid: $deploymentId, ${SAID}) { ${FIELDS} } }`,
    list: `query ($deploymentId: Uuid!) { accounts: deploymentServiceAccounts(deploymentUuid: $deploymentId) { ${FIELDS} } }`,
  },
} as const;
type Level = keyof typeof LEVELS;

let world: TestApp;
let admin: string;
let places: Record<Level, Place>;
let elsewhere: Record<Level, Place>;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  const placesOf = async (): Promise<Record<Level, Place>> => {
    const { id, workspaceId } = await createDeployment(world, admin);
    return { SYSTEM: {}, WORKSPACE: { workspaceId }, DEPLOYMENT: { deploymentId: id } };
  };
  places = await placesOf();
  elsewhere = await placesOf();
});
afterAll(() => world.close());

const viewerAt = (level: Level): Promise<Account> => serviceAccountWith(world, admin, `${level}_VIEWER`, places[level]);
const read = async (level: Level, id: string) => {
  const { accounts } = await ask(world, LEVELS[level].list, places[level], admin);
  return accounts.find((account: { id: string }) => account.id === id);
};
const roleOf = async (id: string): Promise<string | undefined> => {
  const [binding] = await world.database.sql.query<{ role: string }>(
    "SELECT role FROM role_binding WHERE service_account_id = $1",
    [id],
  );
  return binding?.role;
};

describe.each(Object.keys(LEVELS) as Level[])("a service account with a role on a %s", (level) => {
  const update = LEVELS[level].update;

  test("changes in what is given, and in nothing else", async () => {
    const { id } = await viewerAt(level);
    const before = await read(level, id);
    await ask(world, update, { ...places[level], id, label: " nightly " }, admin);
    expect(await read(level, id)).toEqual({ ...before, label: "nightly", updatedAt: expect.any(String) });
    await ask(world, update, { ...places[level], id: id.toUpperCase(), category: "ci" }, admin);
    expect(await read(level, id)).toMatchObject({ label: "nightly", category: "ci" });
    await ask(world, update, { ...places[level], id, category: null, label: null }, admin);
    expect(await read(level, id)).toMatchObject({ label: "nightly", category: null });
    expect(await roleOf(id)).toBe(`${level}_VIEWER`);
  });

  test("with another role keeps its key, and leaves an audit line", async () => {
    const { id } = await viewerAt(level);
    const editor = { ...places[level], id, role: `${level}_EDITOR` };
    const { errors, headers } = await world.send(update, editor, admin);
    const requestId = String(headers["x-request-id"]);
    expect(errors).toBeUndefined();
    expect(await roleOf(id)).toBe(`${level}_EDITOR`);
    expect(await auditLinesOf(world, requestId)).toMatchObject([
      {
        action: "service_account.update",
        objectType: "service_account",
        objectId: id,
        details: { role: `${level}_EDITOR` },
      },
    ]);
  });

  test("is left alone by whoever may not change it", async () => {
    const { id } = await viewerAt(level);
    const viewer = await userWith(world, admin, `${level}_VIEWER`, places[level]);
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const stranger = await signUp(world, { by: admin });
    const variables = { ...places[level], id, label: "mine now" };
    expect((await refusedWithoutTrace(world, update, variables, viewer.token)).code).toBe("FORBIDDEN");
    expect((await refusedWithoutTrace(world, update, variables, stranger.token)).code).toBe(
      level === "SYSTEM" ? "FORBIDDEN" : "NOT_FOUND",
    );
    expect((await refusedWithoutTrace(world, update, variables)).code).toBe("UNAUTHENTICATED");
    const raised = await refusedWithoutTrace(world, update, { ...variables, role: `${level}_ADMIN` }, editor.token);
    expect(raised).toMatchObject({
      code: "FORBIDDEN",
      message: "You do not have the appropriate permissions for that",
    });
  });

  test("of another place is not found", async () => {
    const others = (Object.keys(LEVELS) as Level[]).filter((other) => other !== level || level !== "SYSTEM");
    const foreign = await Promise.all(
      others.map((other) => serviceAccountWith(world, admin, `${other}_VIEWER`, elsewhere[other])),
    );
    for (const id of [...foreign.map((account) => account.id), ...NO_IDS()]) {
      const refusal = await refusedWithoutTrace(world, update, { ...places[level], id, label: "x" }, admin);
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Service account not found" });
    }
  });

  test.each([
    ["label", { label: " " }],
    ["label", { label: "x".repeat(191) }],
    ["category", { category: "x".repeat(191) }],
    ["role", { role: "USER" }],
    ["role", { role: level === "SYSTEM" ? "WORKSPACE_VIEWER" : "SYSTEM_VIEWER" }],
  ])("is not changed by a wrong %s", async (argument, given) => {
    const { id } = await viewerAt(level);
    const refusal = await refusedWithoutTrace(world, update, { ...places[level], id, ...given }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });
});

test("a key has the rights of its new role at once", async () => {
  const { workspaceId } = places.WORKSPACE;
  const { id, token } = await viewerAt("WORKSPACE");
  const rename = { workspaceId, payload: { description: "by a key" } };
  await ask(world, READ_WORKSPACE, { workspaceId }, token);
  expect((await refusedWithoutTrace(world, UPDATE_WORKSPACE, rename, token)).code).toBe("FORBIDDEN");
  await ask(world, LEVELS.WORKSPACE.update, { workspaceId, id, role: "WORKSPACE_EDITOR" }, admin);
  await ask(world, UPDATE_WORKSPACE, rename, token);
  await ask(world, LEVELS.WORKSPACE.update, { workspaceId, id, role: "WORKSPACE_VIEWER" }, admin);
  expect((await refusedWithoutTrace(world, UPDATE_WORKSPACE, rename, token)).code).toBe("FORBIDDEN");
});

test("changes and a deletion at once end in a deletion, or in an error of nobody", async () => {
  const { workspaceId } = places.WORKSPACE;
  const { id } = await viewerAt("WORKSPACE");
  const remove =
    "mutation ($workspaceId: Uuid!, $id: Uuid!) { deleteWorkspaceServiceAccount(workspaceUuid: $workspaceId, serviceAccountUuid: $id) { id } }";
  const counts = await outcomes([
    ...["WORKSPACE_EDITOR", "WORKSPACE_VIEWER"].map((role) =>
      world.send(LEVELS.WORKSPACE.update, { workspaceId, id, role }, admin),
    ),
    world.send(remove, { workspaceId, id }, admin),
  ]);
  expect(Object.keys(counts).filter((code) => code !== "OK" && code !== "NOT_FOUND")).toEqual([]);
  expect(await read("WORKSPACE", id)).toBeUndefined();
  expect(await roleOf(id)).toBeUndefined();
});
