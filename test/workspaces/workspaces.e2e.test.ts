import {
  ask,
  createDeployment,
  createWorkspace,
  deployImage,
  serviceAccountWith,
  signUpAdmin,
  uniqueName,
} from "../builders/api";
import { CREATE, DELETE } from "../builders/deployment-operations";
import { TestClock } from "../builders/clock";
import {
  CREATE_WORKSPACE,
  DELETE_WORKSPACE,
  listed,
  outcomes,
  person,
  READ_WORKSPACE,
  refusedWithoutTrace,
  rolesIn,
  UPDATE_WORKSPACE,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
const clock = new TestClock();
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const read = async (workspaceId: string, token = admin) =>
  (await ask(world, READ_WORKSPACE, { workspaceId }, token)).workspace;
const update = async (workspaceId: string, payload: unknown) =>
  (await ask(world, UPDATE_WORKSPACE, { workspaceId, payload }, admin)).updateWorkspace;

describe("createWorkspace", () => {
  test("makes a Workspace of which its maker is the only admin", async () => {
    const maker = await person(world, admin);
    const variables = { label: " Data platform ", description: " What everybody reads " };
    const { createWorkspace: made } = await ask(world, CREATE_WORKSPACE, variables, maker.token);
    expect(made).toEqual({
      id: made.id,
      label: "Data platform",
      description: "What everybody reads",
      createdAt: clock.at,
      updatedAt: clock.at,
    });
    expect(await read(made.id, maker.token)).toEqual(made);
    expect(await rolesIn(world, made.id)).toEqual({ [maker.id]: "WORKSPACE_ADMIN" });
  });

  test.each([
    ["the client's word for none", "N/A", "N/A"],
    ["nothing", null, null],
    ["blanks", " \n ", null],
    ["several lines", "one\ntwo", "one\ntwo"],
    ["1000 characters", "x".repeat(1_000), "x".repeat(1_000)],
  ])("takes %s for a description", async (_name, description, kept) => {
    const { createWorkspace: made } = await ask(
      world,
      CREATE_WORKSPACE,
      { label: "x".repeat(190), description },
      admin,
    );
    expect(made).toMatchObject({ label: "x".repeat(190), description: kept });
  });

  test("makes another one each time, also with the same label and at once", async () => {
    const maker = await person(world, admin);
    const label = uniqueName("twin");
    const request = () => world.send(CREATE_WORKSPACE, { label }, maker.token);
    await request();
    expect(await outcomes([request(), request(), request()])).toEqual({ OK: 3 });
    const ids = (await listed(world, maker.token)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(await rolesIn(world, id)).toEqual({ [maker.id]: "WORKSPACE_ADMIN" });
  });

  test.each([
    ["an empty label", { label: "" }, "label"],
    ["a blank label", { label: " \t " }, "label"],
    ["a label of 191 characters", { label: "x".repeat(191) }, "label"],
    ["a label beyond measure", { label: "x".repeat(500_000) }, "label"],
    ["a label of two lines", { label: "a\nb" }, "label"],
    ["a null character in the label", { label: "a\0b" }, "label"],
    ["half of a surrogate pair in the label", { label: "a\ud800" }, "label"],
    ["a description of 1001 characters", { description: "x".repeat(1_001) }, "description"],
    ["a null character in the description", { description: "a\0b" }, "description"],
  ])("refuses %s, naming the argument", async (_name, variables, argument) => {
    const refusal = await refusedWithoutTrace(world, CREATE_WORKSPACE, { label: "fine", ...variables }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
    expect(refusal.message.startsWith(`${argument}: `)).toBe(true);
  });

  test.each([
    ["no label", {}],
    ["a label of null", { label: null }],
    ["a label that is no text", { label: 7 }],
    ["a description that is no text", { label: "fine", description: ["x"] }],
  ])("refuses %s", async (_name, variables) => {
    expect((await refusedWithoutTrace(world, CREATE_WORKSPACE, variables, admin)).code).toBe("BAD_USER_INPUT");
  });

  test("refuses a null character that stands in the document itself", async () => {
    const refusal = await refusedWithoutTrace(
      world,
      String.raw`mutation { createWorkspace(label: "a\u0000b") { id } }`,
      {},
      admin,
    );
    expect(refusal).toMatchObject({ code: "GRAPHQL_VALIDATION_FAILED", extensions: { argument: "label" } });
  });
});

describe("updateWorkspace", () => {
  test("changes what is given, keeps the rest, and notes when", async () => {
    const before = await read(await createWorkspace(world, admin));
    clock.pass(60_000);
    const described = await update(before.id, { description: " Why " });
    expect(described).toEqual({ ...before, description: "Why", updatedAt: clock.at });
    const renamed = await update(before.id, {
      label: " New name ",
      id: "another",
      createdAt: "1999-01-01T00:00:00.000Z",
      colour: "red",
    });
    expect(renamed).toEqual({ ...described, label: "New name" });
    expect(await read(before.id)).toEqual(renamed);
  });

  test.each([[null], [""], ["  "]])("clears the description with %j", async (description) => {
    const id = await createWorkspace(world, admin);
    await update(id, { description: "Why" });
    expect((await update(id, { description })).description).toBeNull();
  });

  test("does the same again when it is repeated", async () => {
    const id = await createWorkspace(world, admin);
    const once = await update(id, { label: "Again", description: "Same" });
    expect(await update(id, { label: "Again", description: "Same" })).toEqual(once);
  });

  test("loses neither of two changes that are made at once", async () => {
    for (let round = 0; round < 5; round++) {
      const id = await createWorkspace(world, admin);
      await Promise.all([update(id, { label: `Round ${round}` }), update(id, { description: "Both" })]);
      expect(await read(id)).toMatchObject({ label: `Round ${round}`, description: "Both" });
    }
  });

  test.each<[string, unknown]>([
    ["text", "label"],
    ["a list", [{ label: "x" }]],
    ["a number", 7],
    ["no text for a label", { label: 7 }],
    ["null for a label", { label: null }],
    ["a list for a description", { description: ["x"] }],
    ["a null character in the label", { label: "a\0b" }],
    ["a null character in the description", { description: "a\0b" }],
    ["a null character deep in what is ignored", { colour: [{ "\0": 1 }] }],
  ])("refuses a payload of %s, naming the argument", async (_name, payload) => {
    const workspaceId = await createWorkspace(world, admin);
    const refusal = await refusedWithoutTrace(world, UPDATE_WORKSPACE, { workspaceId, payload }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "payload" } });
  });

  test.each<[string, unknown]>([
    ["an empty label", { label: "" }],
    ["a label of 191 characters", { label: "x".repeat(191) }],
    ["a label of two lines", { label: "a\nb" }],
    ["a description of 1001 characters", { label: "fine", description: "x".repeat(1_001) }],
    ["nothing", null],
  ])("refuses a payload with %s, and changes nothing", async (_name, payload) => {
    const workspaceId = await createWorkspace(world, admin);
    expect((await refusedWithoutTrace(world, UPDATE_WORKSPACE, { workspaceId, payload }, admin)).code).toBe(
      "BAD_USER_INPUT",
    );
  });
});

describe("deleteWorkspace", () => {
  test("takes every role and service account on it along, and nothing of another Workspace", async () => {
    const [id, other] = [await createWorkspace(world, admin), await createWorkspace(world, admin)];
    const member = await person(world, admin, "WORKSPACE_VIEWER", { workspaceId: id });
    const key = await serviceAccountWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: id });
    const label = (await read(id)).label;
    expect(await ask(world, DELETE_WORKSPACE, { workspaceId: id }, admin)).toEqual({ deleteWorkspace: { id, label } });

    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId: id }, admin)).code).toBe("NOT_FOUND");
    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId: other }, key.token)).code).toBe(
      "UNAUTHENTICATED",
    );
    expect(await listed(world, member.token)).toEqual([]);
    expect(await rolesIn(world, id)).toEqual({});
    expect(Object.values(await rolesIn(world, other))).toEqual(["WORKSPACE_ADMIN"]);
  });

  test("a second time finds nothing, and of five at once one does it", async () => {
    const id = await createWorkspace(world, admin);
    const request = () => world.send(DELETE_WORKSPACE, { workspaceId: id }, admin);
    expect(await outcomes([request(), request(), request(), request(), request()])).toEqual({ OK: 1, NOT_FOUND: 4 });
    expect((await refusedWithoutTrace(world, DELETE_WORKSPACE, { workspaceId: id }, admin)).message).toBe(
      "Workspace not found",
    );
  });

  test.each([[true], [false]])(
    "waits for its Deployments to be deleted, be it for good (%j) or softly",
    async (deploymentHardDelete) => {
      const deployment = await createDeployment(world, admin);
      await deployImage(world, admin, deployment);
      const variables = { workspaceId: deployment.workspaceId };
      expect((await refusedWithoutTrace(world, DELETE_WORKSPACE, variables, admin)).code).toBe("CONFLICT");
      await ask(world, DELETE, { deploymentId: deployment.id, deploymentHardDelete }, admin);
      expect((await ask(world, DELETE_WORKSPACE, variables, admin)).deleteWorkspace.id).toBe(deployment.workspaceId);
      expect(
        await world.database.sql.query("SELECT 1 FROM deploy_revision WHERE deployment_id = $1", [deployment.id]),
      ).toEqual([]);
    },
  );

  test("and the creation of a Deployment in it at once do not both succeed", async () => {
    for (let round = 0; round < 8; round++) {
      const workspaceId = await createWorkspace(world, admin);
      const [removal, creation] = await Promise.all([
        world.send(DELETE_WORKSPACE, { workspaceId }, admin),
        world.send(CREATE, { label: "New", workspaceId, executor: "CeleryExecutor" }, admin),
      ]);
      const codes = [removal, creation].map(({ errors }) => errors?.[0]?.extensions.code ?? "OK");
      expect([
        ["OK", "NOT_FOUND"],
        ["CONFLICT", "OK"],
      ]).toContainEqual(codes);
    }
  });
});

describe("workspaces", () => {
  test("lists what somebody may see, by label and then by id", async () => {
    const member = await person(world, admin);
    const made: { id: string; label: string }[] = [];
    for (const label of ["beta", "alpha", "beta", "Gamma"])
      made.push({ id: await createWorkspace(world, member.token, label), label });
    await createWorkspace(world, admin, "alpha");
    const sorted = made.map((one) => JSON.stringify([one.label, one.id])).sort();
    expect((await listed(world, member.token)).map((one) => JSON.stringify([one.label, one.id]))).toEqual(sorted);
  });

  test("shows a new role at once, and a role that is gone no longer", async () => {
    const member = await person(world, admin);
    const id = await createWorkspace(world, admin);
    expect(await listed(world, member.token)).toEqual([]);
    await ask(
      world,
      `mutation ($id: Uuid, $email: String!) { workspaceAddUser(workspaceUuid: $id, email: $email) { id } }`,
      { id, email: member.email },
      admin,
    );
    expect((await listed(world, member.token)).map((one) => one.id)).toEqual([id]);
    await ask(
      world,
      "mutation ($id: Uuid!, $user: Uuid!) { workspaceRemoveUser(workspaceUuid: $id, userUuid: $user) { id } }",
      { id, user: member.id },
      admin,
    );
    expect(await listed(world, member.token)).toEqual([]);
  });

  test.each([
    ["part of it", "50%", ["50% off"]],
    ["the other case", "OFF", ["50% off", "Kick-off"]],
    ["a sign that is a wildcard elsewhere", "_", ["a_b"]],
    ["another such sign", "%", ["50% off"]],
    ["an escape", "\\", []],
    ["a letter beyond ASCII in the other case", "ÄRGER", ["Groß-Ärger"]],
    ["nothing, as clients send it for not given", "", ["50% off", "Groß-Ärger", "Kick-off", "a_b"]],
    ["more than any label has", "x".repeat(100_000), []],
  ])("finds by %s", async (_name, label, expected) => {
    const member = await person(world, admin);
    for (const one of ["50% off", "Kick-off", "a_b", "Groß-Ärger"]) await createWorkspace(world, member.token, one);
    expect((await listed(world, member.token, label)).map((one) => one.label)).toEqual(expected);
  });

  test("refuses a null character in the label that is looked for", async () => {
    const refusal = await refusedWithoutTrace(
      world,
      "query ($label: String) { workspaces(label: $label) { id } }",
      { label: "\0" },
      admin,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "label" } });
  });

  test("takes an id in capitals for the one that it is", async () => {
    const id = await createWorkspace(world, admin);
    expect((await read(id.toUpperCase())).id).toBe(id);
    const member = await person(world, admin, "WORKSPACE_VIEWER", { workspaceId: id });
    expect((await read(id.toUpperCase(), member.token)).id).toBe(id);
  });
});
