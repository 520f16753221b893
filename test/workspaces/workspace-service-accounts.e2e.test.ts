import { ask, createDeployment, createWorkspace, serviceAccountWith, signUpAdmin, userWith } from "../builders/api";
import { CREATE_SERVICE_ACCOUNT, NO_IDS } from "../builders/deployment-operations";
import {
  CREATE_WORKSPACE_SERVICE_ACCOUNT,
  DELETE_WORKSPACE,
  DELETE_WORKSPACE_SERVICE_ACCOUNT,
  outcomes,
  READ_WORKSPACE,
  refusedWithoutTrace,
  WORKSPACE_SERVICE_ACCOUNTS,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const list = async (workspaceId: string) =>
  (await ask(world, WORKSPACE_SERVICE_ACCOUNTS, { workspaceId }, admin)).workspaceServiceAccounts;

describe("a service account of a Workspace", () => {
  test("shows its key in full once, and works with it in this Workspace alone", async () => {
    const [workspaceId, other] = [await createWorkspace(world, admin), await createWorkspace(world, admin)];
    const variables = {
      workspaceUuid: workspaceId,
      deploymentUuid: "",
      label: " ci ",
      category: "default",
      role: "WORKSPACE_EDITOR",
    };
    const { createWorkspaceServiceAccount: created } = await ask(
      world,
      CREATE_WORKSPACE_SERVICE_ACCOUNT,
      variables,
      admin,
    );
    expect(created).toEqual({
      id: created.id,
      label: "ci",
      category: "default",
      apiKey: expect.stringMatching(/^rtg_[0-9a-f]{32}$/),
      entityType: "WORKSPACE",
      entityUuid: workspaceId,
      workspaceUuid: workspaceId,
      deploymentUuid: null,
      active: true,
      lastUsedAt: null,
    });
    expect(await list(workspaceId)).toEqual([{ ...created, apiKey: created.apiKey.slice(0, 10) }]);
    expect(await list(other)).toEqual([]);
    expect((await ask(world, READ_WORKSPACE, { workspaceId }, created.apiKey)).workspace.id).toBe(workspaceId);
    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId: other }, created.apiKey)).code).toBe(
      "NOT_FOUND",
    );
  });

  test("of one name can be there several times, with keys of their own, also when made at once", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const accounts = await Promise.all(
      [1, 2, 3].map(() => serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId }, "ci")),
    );
    expect(new Set(accounts.map(({ token }) => token)).size).toBe(3);
    expect((await list(workspaceId)).map(({ label }: { label: string }) => label)).toEqual(["ci", "ci", "ci"]);
  });

  test("once deleted is refused at once, and cannot be deleted again", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const { id, token } = await serviceAccountWith(world, admin, "WORKSPACE_ADMIN", { workspaceId }, "pipeline");
    expect((await ask(world, READ_WORKSPACE, { workspaceId }, token)).workspace.id).toBe(workspaceId);
    const variables = {
      workspaceUuid: workspaceId.toUpperCase(),
      deploymentUuid: "",
      serviceAccountUuid: id.toUpperCase(),
    };
    expect(
      (await ask(world, DELETE_WORKSPACE_SERVICE_ACCOUNT, variables, admin)).deleteWorkspaceServiceAccount,
    ).toEqual({ id, label: "pipeline" });
    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId }, token)).extensions).toEqual({
      code: "UNAUTHENTICATED",
      reason: "INVALID",
    });
    expect(await list(workspaceId)).toEqual([]);
    expect((await refusedWithoutTrace(world, DELETE_WORKSPACE_SERVICE_ACCOUNT, variables, admin)).message).toBe(
      "Service account not found",
    );
  });

  test("of which several ask the deletion at once is gone, and nobody is told of an error of ours", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const { id } = await serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    const variables = { workspaceUuid: workspaceId, serviceAccountUuid: id };
    const counts = await outcomes(
      [1, 2, 3, 4].map(() => world.send(DELETE_WORKSPACE_SERVICE_ACCOUNT, variables, admin)),
    );
    expect(counts["OK"]).toBeGreaterThan(0);
    expect(Object.keys(counts).filter((code) => code !== "OK" && code !== "NOT_FOUND")).toEqual([]);
    expect(await list(workspaceId)).toEqual([]);
  });

  test("that is not there, or not in this Workspace, is not deleted", async () => {
    const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
    const foreign = [
      await serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: await createWorkspace(world, admin) }),
      await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId }),
      await serviceAccountWith(world, admin, "SYSTEM_VIEWER"),
    ];
    for (const serviceAccountUuid of [...foreign.map(({ id }) => id), ...NO_IDS()]) {
      const refusal = await refusedWithoutTrace(
        world,
        DELETE_WORKSPACE_SERVICE_ACCOUNT,
        { workspaceUuid: workspaceId, serviceAccountUuid },
        admin,
      );
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Service account not found" });
    }
  });

  test.each([
    ["an empty label", { label: "" }, "label"],
    ["a blank label", { label: " \n " }, "label"],
    ["a label of 191 characters", { label: "x".repeat(191) }, "label"],
    ["a label beyond measure", { label: "x".repeat(500_000) }, "label"],
    ["a null character in the label", { label: "a\0b" }, "label"],
    ["a category of 191 characters", { category: "x".repeat(191) }, "category"],
    ["a null character in the category", { category: "a\0b" }, "category"],
    ["a role on a Deployment", { role: "DEPLOYMENT_VIEWER" }, "role"],
    ["a role on the system", { role: "SYSTEM_ADMIN" }, "role"],
    ["no role to speak of", { role: "USER" }, "role"],
  ])("with %s is refused, naming the argument, and not made", async (_name, variables, argument) => {
    const asked = {
      workspaceUuid: await createWorkspace(world, admin),
      label: "ci",
      role: "WORKSPACE_VIEWER",
      ...variables,
    };
    const refusal = await refusedWithoutTrace(world, CREATE_WORKSPACE_SERVICE_ACCOUNT, asked, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test.each([[{ role: "OWNER" }], [{ role: null }], [{ label: 7 }], [{ workspaceUuid: null }]])(
    "with %j is refused, and not made",
    async (variables) => {
      const asked = {
        workspaceUuid: await createWorkspace(world, admin),
        label: "ci",
        role: "WORKSPACE_VIEWER",
        ...variables,
      };
      expect((await refusedWithoutTrace(world, CREATE_WORKSPACE_SERVICE_ACCOUNT, asked, admin)).code).toBe(
        "BAD_USER_INPUT",
      );
    },
  );

  test("is made while the Workspace is deleted, or not, but never fails in a way of ours", async () => {
    for (let round = 0; round < 8; round++) {
      const workspaceId = await createWorkspace(world, admin);
      const variables = { workspaceUuid: workspaceId, label: "ci", role: "WORKSPACE_VIEWER" };
      const counts = await outcomes([
        world.send(DELETE_WORKSPACE, { workspaceId }, admin),
        ...[1, 2, 3].map(() => world.send(CREATE_WORKSPACE_SERVICE_ACCOUNT, variables, admin)),
      ]);
      expect(Object.keys(counts).filter((code) => code !== "OK" && code !== "NOT_FOUND")).toEqual([]);
      expect(
        await world.database.sql.query("SELECT 1 FROM service_account WHERE workspace_id = $1", [workspaceId]),
      ).toEqual([]);
    }
  });
});

describe("nobody gets more by way of a service account than they have", () => {
  test.each([
    ["WORKSPACE_EDITOR", "WORKSPACE_ADMIN"],
    ["SYSTEM_EDITOR", "WORKSPACE_ADMIN"],
  ])("%s makes no %s", async (role, wanted) => {
    const workspaceId = await createWorkspace(world, admin);
    const maker = await userWith(world, admin, role, role === "SYSTEM_EDITOR" ? {} : { workspaceId });
    const variables = { workspaceUuid: workspaceId, label: "ci", role: wanted };
    const refusal = await refusedWithoutTrace(world, CREATE_WORKSPACE_SERVICE_ACCOUNT, variables, maker.token);
    expect(refusal).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
  });

  test("a key of a Workspace makes keys of its own tier on its Deployments, and no higher", async () => {
    const { id, workspaceId } = await createDeployment(world, admin);
    const { token } = await serviceAccountWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const variables = { deploymentUuid: id, label: "ci", role: "DEPLOYMENT_EDITOR" };
    expect(
      (await ask(world, CREATE_SERVICE_ACCOUNT, variables, token)).createDeploymentServiceAccount.deploymentUuid,
    ).toBe(id);
    const refusal = await refusedWithoutTrace(
      world,
      CREATE_SERVICE_ACCOUNT,
      { ...variables, role: "DEPLOYMENT_ADMIN" },
      token,
    );
    expect(refusal).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
  });
});
