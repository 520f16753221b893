import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  headOf,
  ROLLBACK,
  rollBack,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  UPDATE_IMAGE,
  userWith,
  type Account,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";
const UNKNOWN_ID = "00000000-0000-7000-8000-000000000000";

describe("rollbackDeploy", () => {
  let world: TestApp;
  let admin: string;
  let deployment: BuiltDeployment;
  let first: BuiltRevision;
  let second: BuiltRevision;

  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    deployment = await createDeployment(world, admin);
    first = await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0" });
    second = await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
  });

  const to = (revision: { id: string }, overrides: object = {}) => ({
    deploymentUuid: deployment.id,
    deployRevisionId: revision.id,
    description: "it broke",
    acknowledgeDataLoss: true,
    ...overrides,
  });

  /** Everything that a refused request could have written. */
  async function everything(): Promise<unknown> {
    const tables = ["deploy_revision", "log_line", "idempotency_key", "graphile_worker.jobs"];
    const counts = await Promise.all(tables.map((table) => world.database.sql.query(`SELECT count(*) AS count FROM ${table}`)));
    return [counts, await world.database.sql.query("SELECT * FROM deployment ORDER BY id")];
  }

  test("puts the earlier content in place and leaves everything else as it was", async () => {
    await ask(
      world,
      `mutation ($id: Uuid!, $release: String!) { updateDeploymentVariables(deploymentUuid: $id, releaseName: $release,
         environmentVariables: [{ key: "A", value: "1" }, { key: "S", value: "hidden", isSecret: true }]) { key } }`,
      { id: deployment.id, release: deployment.releaseName },
      admin,
    );
    const row = async () => (await world.database.sql.query<Record<string, unknown>>("SELECT * FROM deployment WHERE id = $1", [deployment.id]))[0]!;
    const before = await row();
    const restored = await rollBack(world, admin, deployment.id, first.id);
    expect(restored).toMatchObject({ number: 3, status: "DEPLOYED" });

    const after = await row();
    const changed = Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
    expect(changed.sort()).toEqual(["current_revision_id", "head_revision_id", "last_revision_number", "runtime_version", "updated_at"]);
    expect(after["runtime_version"]).toBe("11.4.0");

    const { deployRevisions } = await ask(
      world,
      `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { number isCurrent isRollback rollbackFromId rolledBackId rollbackFrom { number } } } }`,
      { id: deployment.id },
      admin,
    );
    expect(deployRevisions.nodes).toEqual([
      { number: 3, isCurrent: true, isRollback: true, rollbackFromId: first.id, rolledBackId: second.id, rollbackFrom: { number: 1 } },
      { number: 2, isCurrent: false, isRollback: false, rollbackFromId: null, rolledBackId: null, rollbackFrom: null },
      { number: 1, isCurrent: false, isRollback: false, rollbackFromId: null, rolledBackId: null, rollbackFrom: null },
    ]);
    const values = await readFile(join(world.dataDir, "releases", deployment.releaseName, "values.yaml"), "utf8");
    expect(values).toContain("revision: 3");
    expect(values).not.toContain("hidden");
  });

  test.each<[string, object, string]>([
    ["no description", { description: "  " }, "BAD_USER_INPUT"],
    ["a description of 501 characters", { description: "x".repeat(501) }, "BAD_USER_INPUT"],
    ["no target", { deployRevisionId: null }, "NO_TARGET"],
    ["an unknown target", { deployRevisionId: UNKNOWN_ID }, "NOT_FOUND"],
    ["a malformed target", { deployRevisionId: "'; DROP TABLE" }, "NOT_FOUND"],
    ["an unknown Deployment", { deploymentUuid: UNKNOWN_ID }, "NOT_FOUND"],
    ["a malformed Deployment", { deploymentUuid: "x" }, "NOT_FOUND"],
    ["another current revision than expected", { expectedCurrentRevisionId: UNKNOWN_ID }, "CONFLICT"],
    ["data loss that nobody acknowledged", { acknowledgeDataLoss: false }, "DATABASE_DOWNGRADE"],
    ["an empty idempotency key", { idempotencyKey: " " }, "BAD_USER_INPUT"],
    ["an idempotency key of 201 characters", { idempotencyKey: "k".repeat(201) }, "BAD_USER_INPUT"],
  ])("refuses %s and changes nothing", async (_name, overrides, code) => {
    const before = await everything();
    expect((await askInVain(world, ROLLBACK, to(first, overrides), admin)).code).toBe(code);
    expect(await everything()).toEqual(before);
  });

  test("takes a description of 500 characters, trimmed", async () => {
    const { rollbackDeploy } = await ask(world, ROLLBACK, to(first, { description: ` ${"x".repeat(500)} ` }), admin);
    expect(rollbackDeploy).toMatchObject({ status: "INITIALIZED", description: "x".repeat(500), isCurrent: false });
  });

  test("refuses a revision of another Deployment", async () => {
    const other = await createDeployment(world, admin);
    const foreign = await deployImage(world, admin, other, { runtimeVersion: "11.4.0" });
    expect((await askInVain(world, ROLLBACK, to(foreign), admin)).code).toBe("NOT_FOUND");
  });

  test("lists every reason at once", async () => {
    await ask(world, "mutation ($id: Uuid!) { updateDeploymentRollback(deploymentUuid: $id, enabled: false) { id } }", { id: deployment.id }, admin);
    const { code, extensions } = await askInVain(world, ROLLBACK, to(second), admin);
    expect(code).toBe("ROLLBACK_DISABLED_FOR_DEPLOYMENT");
    expect((extensions["issues"] as { code: string }[]).map((one) => one.code)).toEqual(["ROLLBACK_DISABLED_FOR_DEPLOYMENT", "TARGET_IS_CURRENT"]);
  });

  test("a double click makes one rollback", async () => {
    await ask(world, ROLLBACK, to(first), admin);
    expect((await askInVain(world, ROLLBACK, to(first), admin)).code).toBe("TARGET_IS_CURRENT");
    expect((await headOf(world, deployment.id)).number).toBe(3);
  });

  test("the same idempotency key makes one rollback, even at the same moment", async () => {
    const variables = to(first, { idempotencyKey: `key ${deployment.id}` });
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(world, ROLLBACK, variables, admin)));
    expect(new Set(answers.map(({ rollbackDeploy }) => rollbackDeploy.id)).size).toBe(1);
    const reused = await askInVain(world, ROLLBACK, { ...variables, description: "another reason" }, admin);
    expect(reused.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("ordinary deploys still refuse to go down", async () => {
    const image = "registry.example.com/team/airflow:old";
    const variables = { releaseName: deployment.releaseName, image, runtimeVersion: "11.4.0" };
    expect((await askInVain(world, UPDATE_IMAGE, variables, admin)).code).toBe("DOWNGRADE_REFUSED");
  });

  test("who may not see the Deployment gets the answer for one that does not exist", async () => {
    const stranger = await signUp(world, { by: admin });
    const invisible = await askInVain(world, ROLLBACK, to(first), stranger.token);
    const unknown = await askInVain(world, ROLLBACK, to(first, { deploymentUuid: UNKNOWN_ID }), stranger.token);
    expect(invisible).toEqual(unknown);
    expect(invisible.code).toBe("NOT_FOUND");
  });

  const roles: [string, "USER" | "SERVICE_ACCOUNT", "allowed" | "forbidden" | "invisible"][] = [
    ["SYSTEM_ADMIN", "USER", "allowed"],
    ["SYSTEM_EDITOR", "USER", "allowed"],
    ["SYSTEM_VIEWER", "USER", "forbidden"],
    ["WORKSPACE_ADMIN", "USER", "allowed"],
    ["WORKSPACE_EDITOR", "USER", "forbidden"],
    ["WORKSPACE_VIEWER", "USER", "forbidden"],
    ["DEPLOYMENT_ADMIN", "USER", "allowed"],
    ["DEPLOYMENT_EDITOR", "USER", "allowed"],
    ["DEPLOYMENT_VIEWER", "USER", "forbidden"],
    ["USER", "USER", "invisible"],
    ["SYSTEM_ADMIN", "SERVICE_ACCOUNT", "allowed"],
    ["SYSTEM_EDITOR", "SERVICE_ACCOUNT", "allowed"],
    ["SYSTEM_VIEWER", "SERVICE_ACCOUNT", "forbidden"],
    ["WORKSPACE_ADMIN", "SERVICE_ACCOUNT", "allowed"],
    ["WORKSPACE_EDITOR", "SERVICE_ACCOUNT", "allowed"],
    ["WORKSPACE_VIEWER", "SERVICE_ACCOUNT", "forbidden"],
    ["DEPLOYMENT_ADMIN", "SERVICE_ACCOUNT", "allowed"],
    ["DEPLOYMENT_EDITOR", "SERVICE_ACCOUNT", "allowed"],
    ["DEPLOYMENT_VIEWER", "SERVICE_ACCOUNT", "forbidden"],
  ];
  test.each(roles)("%s as %s: %s", async (role, type, outcome) => {
    const place = role.startsWith("WORKSPACE")
      ? { workspaceId: deployment.workspaceId }
      : role.startsWith("DEPLOYMENT")
        ? { deploymentId: deployment.id }
        : {};
    const account: Account =
      role === "USER"
        ? await signUp(world, { by: admin })
        : type === "USER"
          ? await userWith(world, admin, role, place)
          : await serviceAccountWith(world, admin, role, place);
    const { data, errors } = await world.send(ROLLBACK, to(first), account.token);
    if (outcome === "allowed") {
      expect(errors).toBeUndefined();
      expect(data.rollbackDeploy.number).toBe(3);
    } else {
      expect(errors?.[0]?.extensions.code).toBe(outcome === "forbidden" ? "FORBIDDEN" : "NOT_FOUND");
      expect(errors?.[0]?.message).toBe(outcome === "forbidden" ? REFUSED : "Deployment not found");
    }
  });

  test("the same role in another Workspace is none here", async () => {
    const elsewhere = await createWorkspace(world, admin);
    const account = await serviceAccountWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: elsewhere });
    expect((await askInVain(world, ROLLBACK, to(first), account.token)).code).toBe("NOT_FOUND");
  });

  test("plan, eligibility field and mutation agree for every revision", async () => {
    await rollBack(world, admin, deployment.id, first.id);
    const { deployRevisions } = await ask(
      world,
      "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { id rollback { allowed blockers { code } warnings { code } } } } }",
      { id: deployment.id },
      admin,
    );
    for (const { id, rollback } of deployRevisions.nodes) {
      const { rollbackPlan } = await ask(
        world,
        `query ($id: Uuid!, $target: Uuid) { rollbackPlan(deploymentUuid: $id, deployRevisionId: $target) { allowed blockers { code } warnings { code } } }`,
        { id: deployment.id, target: id },
        admin,
      );
      expect(rollbackPlan).toEqual(rollback);
      if (!rollback.allowed) {
        const { extensions } = await askInVain(world, ROLLBACK, to({ id }), admin);
        expect((extensions["issues"] as { code: string }[]).map(({ code }) => ({ code }))).toEqual(rollback.blockers);
      }
    }
  });
});
