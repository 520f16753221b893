import { version } from "../../package.json";
import {
  ask,
  createDeployment,
  deployImage,
  serviceAccountWith,
  setRollbackSwitch,
  signUp,
  signUpAdmin,
  userWith,
} from "../builders/api";
import type { Account, BuiltDeployment } from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

const PERMISSIONS = `query ($id: String!, $workspaceId: Uuid!) {
  self { permissions } workspace(workspaceUuid: $workspaceId) { permissions } deployment(where: { id: $id }) { permissions } }`;
const SWITCH =
  "query ($id: String!) { deployment(where: { id: $id }) { rollbackSwitch { enabled changeable blockers { code message remedy } } } }";
const LATEST =
  "query ($id: String!) { deployment(where: { id: $id }) { latestRevision { number status } currentRevision { number } } }";

let world: TestApp;
let admin: string;
let deployment: BuiltDeployment;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin);
});
afterAll(() => world.close());

async function permissionsOf({ token }: Account) {
  const { id, workspaceId } = deployment;
  const data = await ask(world, PERMISSIONS, { id, workspaceId }, token);
  return {
    system: data.self.permissions as string[],
    workspace: data.workspace.permissions as string[],
    deployment: data.deployment.permissions as string[],
  };
}

describe("permissions", () => {
  test("of a viewer of the Deployment are to look, and nothing on Workspace and system but what everybody has", async () => {
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const held = await permissionsOf(viewer);
    expect(held.deployment).toContain("deployment.deployRevisions.get");
    expect(held.deployment).not.toContain("deployment.images.push");
    expect(held.workspace).toEqual([]);
    expect(held.system).toContain("system.workspace.create");
    expect(held.system).not.toContain("system.users.get");
  });

  test("of the Workspace's admin are everything there, and sorted", async () => {
    const held = await permissionsOf(
      await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: deployment.workspaceId }),
    );
    expect(held.deployment).toEqual(expect.arrayContaining(["deployment.config.delete", "deployment.images.push"]));
    expect(held.workspace).toEqual(expect.arrayContaining(["workspace.config.update", "workspace.deployments.create"]));
    expect(held.deployment).toEqual([...held.deployment].sort());
    expect(held.system).not.toContain("system.users.get");
  });

  test("of the system's roles count on each Deployment and Workspace under the names of those", async () => {
    const viewer = await permissionsOf(await userWith(world, admin, "SYSTEM_VIEWER"));
    expect(viewer.deployment).toContain("deployment.config.get");
    expect(viewer.deployment).not.toContain("deployment.config.update");
    expect(viewer.workspace).not.toContain("workspace.config.update");
    const full = await permissionsOf(await userWith(world, admin, "SYSTEM_ADMIN"));
    const expected = [
      "config.update",
      "images.push",
      "serviceAccounts.create",
      "userRoles.update",
      "deployRevisions.get",
    ];
    expect(full.deployment).toEqual(expect.arrayContaining(expected.map((name) => `deployment.${name}`)));
    expect(full.workspace).toEqual(
      expect.arrayContaining(["workspace.config.delete", "workspace.deployments.create", "workspace.iam.update"]),
    );
    expect(full.system).toContain("system.iam.update");
    for (const level of ["system", "workspace", "deployment"] as const)
      for (const name of full[level]) expect(name).toMatch(new RegExp(`^${level}\\.`));
  });

  test("of a service account are its own", async () => {
    const place = { workspaceId: deployment.workspaceId };
    const held = await permissionsOf(await serviceAccountWith(world, admin, "WORKSPACE_EDITOR", place));
    expect(held.system).toEqual([]);
    expect(held.deployment).toContain("deployment.images.push");
  });

  test("come with signing in", async () => {
    const { id } = await signUp(world, { by: admin });
    const [row] = await world.database.sql.query<{ username: string }>("SELECT username FROM app_user WHERE id = $1", [
      id,
    ]);
    const sign =
      'mutation ($identity: String!) { createToken(identity: $identity, password: "correct horse") { permissions } }';
    expect(await ask(world, sign, { identity: row?.username })).toEqual({
      createToken: { permissions: expect.arrayContaining(["system.workspace.create"]) },
    });
  });
});

describe("the latest revision", () => {
  test("is the newest one, whatever became of it", async () => {
    const { id } = deployment;
    expect(await ask(world, LATEST, { id }, admin)).toEqual({
      deployment: { latestRevision: null, currentRevision: null },
    });
    await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { rollOut: false });
    expect(await ask(world, LATEST, { id }, admin)).toEqual({
      deployment: { latestRevision: { number: 2, status: "INITIALIZED" }, currentRevision: { number: 1 } },
    });
  });
});

describe("the rollback switch", () => {
  test("tells whether it is on, and who may change it", async () => {
    const { id } = await createDeployment(world, admin, { rollbackEnabled: false });
    const off = { rollbackSwitch: { enabled: false, changeable: true, blockers: [] } };
    expect(await ask(world, SWITCH, { id }, admin)).toEqual({ deployment: off });
    await setRollbackSwitch(world, admin, id, true);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: id });
    expect(await ask(world, SWITCH, { id }, viewer.token)).toEqual({
      deployment: { rollbackSwitch: { enabled: true, changeable: false, blockers: [] } },
    });
  });

  test("tells what stands against rollbacks even if it is on", async () => {
    const replica = await startTestApp({
      database: world.database,
      env: { DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "false", DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "false" },
    });
    try {
      const { id } = await createDeployment(world, admin, { runtimeVersion: "4.2.9" });
      const { rollbackSwitch } = (await ask(replica, SWITCH, { id }, admin)).deployment;
      expect(rollbackSwitch.blockers.map(({ code }: { code: string }) => code)).toEqual([
        "ROLLBACK_DISABLED_FOR_INSTALLATION",
        "DAG_ONLY_DEPLOYMENT_DISABLED",
        "RUNTIME_TOO_OLD",
      ]);
      expect(rollbackSwitch.blockers[0].remedy).toMatch(/deployRollbackEnabled/);
    } finally {
      await replica.close();
    }
  });
});

test("the platform tells its version, its time, and its rule about rollbacks, without a session", async () => {
  const query =
    "{ appConfig { version productVersion now deployRollback { enabled retentionDays requireDataLossAcknowledgement } } }";
  const { appConfig } = await ask(world, query, null);
  expect(appConfig).toEqual({
    version: "0.35.4",
    productVersion: version,
    now: expect.any(String),
    deployRollback: { enabled: true, retentionDays: 90, requireDataLossAcknowledgement: true },
  });
  expect(Math.abs(Date.parse(appConfig.now) - Date.now())).toBeLessThan(60_000);
});
