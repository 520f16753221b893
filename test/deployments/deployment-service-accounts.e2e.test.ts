import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  serviceAccountWith,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
  type Refusal,
} from "../builders/api";
import {
  CREATE_SERVICE_ACCOUNT,
  DELETE_SERVICE_ACCOUNT,
  NO_IDS,
  READ,
  SERVICE_ACCOUNTS,
} from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const list = async ({ id }: BuiltDeployment) =>
  (await ask(world, SERVICE_ACCOUNTS, { deploymentId: id }, admin)).deploymentServiceAccounts;

async function refusedWithoutTrace(query: string, variables: object, token = admin): Promise<Refusal> {
  const before = await serviceAccountsPrint();
  const refusal = await askInVain(world, query, variables, token);
  expect(await serviceAccountsPrint()).toEqual(before);
  return refusal;
}

/** With the accounts themselves, which the fingerprint leaves out for their time of last use. */
const serviceAccountsPrint = async () => [
  await fingerprint(world),
  await world.database.sql.query("SELECT id, label, category, api_key_hash, active FROM service_account ORDER BY id"),
];

describe("a service account of a Deployment", () => {
  test("shows its key in full once, and works with it on this Deployment alone", async () => {
    const [deployment, other] = [await createDeployment(world, admin), await createDeployment(world, admin)];
    const variables = {
      workspaceUuid: "",
      deploymentUuid: deployment.id,
      label: " ci ",
      category: "default",
      role: "DEPLOYMENT_EDITOR",
    };
    const { createDeploymentServiceAccount: created } = await ask(world, CREATE_SERVICE_ACCOUNT, variables, admin);
    expect(created).toEqual({
      id: created.id,
      label: "ci",
      category: "default",
      apiKey: expect.stringMatching(/^rtg_[0-9a-f]{32}$/),
      entityType: "DEPLOYMENT",
      entityUuid: deployment.id,
      deploymentUuid: deployment.id,
      workspaceUuid: null,
      active: true,
      lastUsedAt: null,
    });
    expect(await list(deployment)).toEqual([{ ...created, apiKey: created.apiKey.slice(0, 10) }]);
    expect(await list(other)).toEqual([]);
    expect((await ask(world, READ, { id: deployment.id }, created.apiKey)).deployment.id).toBe(deployment.id);
    expect((await askInVain(world, READ, { id: other.id }, created.apiKey)).code).toBe("NOT_FOUND");
  });

  test("is the author of its deploys, and shows when it last made one", async () => {
    const deployment = await createDeployment(world, admin);
    const account = await serviceAccountWith(
      world,
      admin,
      "DEPLOYMENT_EDITOR",
      { deploymentId: deployment.id },
      "pipeline",
    );
    const startedAt = Date.now();
    const { id } = await deployImage(world, account.token, deployment);
    const { deployRevision } = await ask(
      world,
      "query ($id: Uuid!) { deployRevision(id: $id) { createdBy { id type label } } }",
      { id },
      admin,
    );
    expect(deployRevision.createdBy).toEqual({ id: account.id, type: "SERVICE_ACCOUNT", label: "pipeline" });
    const [{ lastUsedAt }] = await list(deployment);
    expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(startedAt - 1_000);
    expect(Date.parse(lastUsedAt)).toBeLessThanOrEqual(Date.now());
  });

  test("once deleted is refused at once, and cannot be deleted again", async () => {
    const deployment = await createDeployment(world, admin);
    const account = await serviceAccountWith(
      world,
      admin,
      "DEPLOYMENT_ADMIN",
      { deploymentId: deployment.id },
      "pipeline",
    );
    const variables = { workspaceUuid: "", deploymentUuid: deployment.id, serviceAccountUuid: account.id };
    expect((await ask(world, DELETE_SERVICE_ACCOUNT, variables, admin)).deleteDeploymentServiceAccount).toEqual({
      id: account.id,
      label: "pipeline",
    });
    expect((await askInVain(world, READ, { id: deployment.id }, account.token)).code).toBe("UNAUTHENTICATED");
    expect(await list(deployment)).toEqual([]);
    expect((await askInVain(world, DELETE_SERVICE_ACCOUNT, variables, admin)).message).toBe(
      "Service account not found",
    );
  });

  test("can be deleted with its own key, whose answer still comes", async () => {
    const deployment = await createDeployment(world, admin);
    const account = await serviceAccountWith(world, admin, "DEPLOYMENT_ADMIN", { deploymentId: deployment.id });
    const variables = { deploymentUuid: deployment.id, serviceAccountUuid: account.id };
    expect((await ask(world, DELETE_SERVICE_ACCOUNT, variables, account.token)).deleteDeploymentServiceAccount.id).toBe(
      account.id,
    );
    expect((await askInVain(world, DELETE_SERVICE_ACCOUNT, variables, account.token)).code).toBe("UNAUTHENTICATED");
  });

  test("of one name can be there twice, with keys of their own", async () => {
    const deployment = await createDeployment(world, admin);
    const accounts = await Promise.all(
      [1, 2, 3].map(() => serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id }, "ci")),
    );
    expect(new Set(accounts.map(({ token }) => token)).size).toBe(3);
    expect(await list(deployment)).toHaveLength(3);
  });

  test("is not made by somebody for more than he has himself", async () => {
    const deployment = await createDeployment(world, admin);
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const variables = { deploymentUuid: deployment.id, label: "ci", role: "DEPLOYMENT_ADMIN" };
    expect(await refusedWithoutTrace(CREATE_SERVICE_ACCOUNT, variables, editor.token)).toMatchObject({
      code: "FORBIDDEN",
      message: "You do not have the appropriate permissions for that",
    });
    expect(
      (await ask(world, CREATE_SERVICE_ACCOUNT, { ...variables, role: "DEPLOYMENT_EDITOR" }, editor.token))
        .createDeploymentServiceAccount.id,
    ).toBeDefined();
  });

  test.each([
    ["an empty label", { label: "" }, "label"],
    ["a blank label", { label: " \n " }, "label"],
    ["a label of 191 characters", { label: "x".repeat(191) }, "label"],
    ["a role on a Workspace", { role: "WORKSPACE_VIEWER" }, "role"],
    ["a role on the system", { role: "SYSTEM_ADMIN" }, "role"],
    ["no role to speak of", { role: "USER" }, "role"],
    ["a category beyond measure", { category: "x".repeat(100_000) }, "category"],
  ])("with %s is refused, naming the argument, and not made", async (_name, variables, argument) => {
    const { id } = await createDeployment(world, admin);
    const refusal = await refusedWithoutTrace(CREATE_SERVICE_ACCOUNT, {
      deploymentUuid: id,
      label: "ci",
      role: "DEPLOYMENT_VIEWER",
      ...variables,
    });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test.each([
    ["a null character in the label", { label: "a\0b" }],
    ["a null character in the category", { category: "a\0b" }],
    ["a role that is none", { role: "OWNER" }],
    ["no role", { role: null }],
  ])("with %s is bad input, and not made", async (_name, variables) => {
    const { id } = await createDeployment(world, admin);
    const refusal = await refusedWithoutTrace(CREATE_SERVICE_ACCOUNT, {
      deploymentUuid: id,
      label: "ci",
      role: "DEPLOYMENT_VIEWER",
      ...variables,
    });
    expect(refusal.code).toBe("BAD_USER_INPUT");
  });

  test("that is not there is not deleted", async () => {
    const { id } = await createDeployment(world, admin);
    for (const serviceAccountUuid of NO_IDS()) {
      const refusal = await refusedWithoutTrace(DELETE_SERVICE_ACCOUNT, { deploymentUuid: id, serviceAccountUuid });
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Service account not found" });
    }
  });

  test("of a Workspace is not one of its Deployments", async () => {
    const deployment = await createDeployment(world, admin);
    const account = await serviceAccountWith(world, admin, "WORKSPACE_EDITOR", { workspaceId: deployment.workspaceId });
    expect(await list(deployment)).toEqual([]);
    const variables = { deploymentUuid: deployment.id, serviceAccountUuid: account.id };
    expect((await refusedWithoutTrace(DELETE_SERVICE_ACCOUNT, variables)).message).toBe("Service account not found");
  });
});
