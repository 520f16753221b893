import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { DAY_MS, minusDays, plusMs } from "../../src/kernel/instant";
import { startTestApp, type TestApp } from "../world/app";
import {
  applyOnce,
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  finish,
  headOf,
  revisionOf,
  rollBack,
  ROLLBACK,
  serviceAccountWith,
  setRollbackSwitch,
  signUp,
  signUpAdmin,
  UPDATE_IMAGE,
  userWith,
  type Account,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";

const UNKNOWN = "01900000-0000-7000-8000-000000000000";
const REFUSED = "You do not have the appropriate permissions for that";
const START = "2024-07-15T09:30:00.000Z";

let world: TestApp;
let admin: string;
const clock = new TestClock(START);
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());
afterEach(() => (clock.at = START));

/** A Deployment on which `first` can be rolled back to; `second` runs. */
async function twoDeploys(overrides: Parameters<typeof createDeployment>[2] = {}, on = world, token = admin) {
  const deployment = await createDeployment(on, token, overrides);
  const first = await deployImage(on, token, deployment);
  const second = await deployImage(on, token, deployment);
  return { deployment, first, second };
}

const rollbackOf = (deployment: BuiltDeployment, target: BuiltRevision, more: object = {}) => ({
  deploymentUuid: deployment.id,
  deployRevisionId: target.id,
  description: "it broke",
  ...more,
});

/** The request is refused, and leaves no trace anywhere. */
async function refusedWithoutTrace(query: string, variables: object, token: string | undefined = admin, on = world) {
  const before = await fingerprint(on);
  const refusal = await askInVain(on, query, variables, token);
  expect(await fingerprint(on)).toEqual(before);
  return refusal;
}

const rowOf = async (id: string, on = world): Promise<Record<string, unknown>> => {
  const [row] = await on.database.sql.query<Record<string, unknown>>("SELECT * FROM deployment WHERE id = $1", [id]);
  if (row === undefined) throw new Error("no Deployment");
  return row;
};
const valuesOf = async ({ releaseName }: BuiltDeployment, on = world) =>
  parse(await readFile(join(on.dataDir, "releases", releaseName, "values.yaml"), "utf8"));
const revisionsOf = async (deploymentId: string): Promise<number> => {
  const [row] = await world.database.sql.query<{ count: number }>(
    "SELECT count(*) AS count FROM deploy_revision WHERE deployment_id = $1",
    [deploymentId],
  );
  return row?.count ?? -1;
};

describe("a rollback", () => {
  test("makes a new line on top with the target's content, and rolls it out", async () => {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.0.0" });
    const imageDigest = `sha256:${"a".repeat(64)}`;
    const first = await deployImage(world, admin, deployment, {
      image: "registry.example.com/airflow:one",
      imageDigest,
      description: "one",
    });
    const second = await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0" });
    clock.pass(60_000);
    const { rollbackDeploy } = await ask(
      world,
      ROLLBACK,
      rollbackOf(deployment, first, { description: "  it broke \n" }),
      admin,
    );
    expect(rollbackDeploy).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      number: 3,
      status: "INITIALIZED",
      isCurrent: false,
      isRollback: true,
      rollbackFromId: first.id,
      rolledBackId: second.id,
      description: "it broke",
      image: `registry.example.com/airflow:one@${imageDigest}`,
    });

    const columns = `image_repository, image_tag, image_digest, runtime_version, airflow_version, dag_deployment_type, dag_tarball_version, type`;
    const read = (id: string) => world.database.sql.query(`SELECT ${columns} FROM deploy_revision WHERE id = $1`, [id]);
    expect(await read(rollbackDeploy.id)).toEqual(await read(first.id));
    expect(await rowOf(deployment.id)).toMatchObject({
      head_revision_id: rollbackDeploy.id,
      current_revision_id: second.id,
      runtime_version: "11.4.0",
      pending_runtime_version: "11.0.0",
    });

    await finish(world, rollbackDeploy.id);
    expect(await rowOf(deployment.id)).toMatchObject({
      head_revision_id: rollbackDeploy.id,
      current_revision_id: rollbackDeploy.id,
      runtime_version: "11.0.0",
      pending_runtime_version: null,
      last_revision_number: 3,
    });
    expect(
      await world.database.sql.query(
        "SELECT number, status FROM deploy_revision WHERE deployment_id = $1 ORDER BY number",
        [deployment.id],
      ),
    ).toEqual([1, 2, 3].map((number) => ({ number, status: "DEPLOYED" })));
  });

  test("leaves everything else as it is, byte for byte", async () => {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.0.0" });
    const first = await deployImage(world, admin, deployment);
    await ask(
      world,
      `mutation ($id: Uuid!, $release: String!) {
        updateDeployment(deploymentUuid: $id, executor: KubernetesExecutor, cloudRole: "arn:aws:iam::1:role/x",
          payload: { label: "Renamed", description: "ünïcode \\u2028" }, triggerer: { replicas: 2, resources: { limits: { cpu: 100, memory: 200 } } }) { id }
        updateDeploymentVariables(deploymentUuid: $id, releaseName: $release, environmentVariables: [
          { key: "B", value: "two" }, { key: "A", value: "one" }, { key: "S", value: "hidden", isSecret: true }]) { key }
        upsertDeployment(deploymentUuid: $id, properties: { team: "x", nested: { z: 1, a: [1, 2] } }, workers: { replicas: 5, terminationGracePeriodSeconds: 60 }) { id }
      }`,
      { id: deployment.id, release: deployment.releaseName },
      admin,
    );
    const second = await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0" });
    const before = await rowOf(deployment.id);
    const valuesBefore = await valuesOf(deployment);
    const others = await fingerprint(world);

    clock.pass(5_000);
    const third = await rollBack(world, admin, deployment.id, first.id);

    const after = await rowOf(deployment.id);
    const changed = Object.keys(after).filter(
      (column) => JSON.stringify(after[column]) !== JSON.stringify(before[column]),
    );
    expect(changed.sort()).toEqual([
      "current_revision_id",
      "head_revision_id",
      "last_revision_number",
      "runtime_version",
      "updated_at",
    ]);
    const texts = (id: string) =>
      world.database.sql.query(
        `SELECT components::text, environment_variables::text, config::text, properties::text, dag_deployment::text,
           label, description, executor, cloud_role FROM deployment WHERE id = $1`,
        [id],
      );
    expect(await texts(deployment.id)).toEqual([
      expect.objectContaining({
        label: "Renamed",
        executor: "KubernetesExecutor",
        cloud_role: "arn:aws:iam::1:role/x",
      }),
    ]);

    const [row] = await world.database.sql.query<{ image_tag: string }>(
      "SELECT image_tag FROM deploy_revision WHERE id = $1",
      [first.id],
    );
    expect(await valuesOf(deployment)).toEqual({
      ...valuesBefore,
      defaultAirflowTag: row?.image_tag,
      airflowVersion: "2.9.0",
      labels: { ...valuesBefore.labels, runtimeVersion: "11.0.0" },
      retrograde: { ...valuesBefore.retrograde, generation: 3, revision: 3, revisionId: third.id },
    });
    expect(valuesBefore.retrograde.revisionId).toBe(second.id);
    expect(valuesBefore).toMatchObject({
      executor: "KubernetesExecutor",
      env: [
        { name: "B", value: "two" },
        { name: "A", value: "one" },
      ],
    });

    const touched = await fingerprint(world);
    const written = Object.keys(touched)
      .filter((table) => touched[table] !== others[table])
      .sort();
    expect(written).toEqual([
      "graphile_worker._private_jobs",
      "public.audit_line",
      "public.deploy_revision",
      "public.deployment",
      "public.log_line",
      "public.rollout_step",
    ]);
  });

  test("answers values.yaml in the very order of before, so that a repository shows only what changed", async () => {
    const { deployment, first } = await twoDeploys();
    const text = () => readFile(join(world.dataDir, "releases", deployment.releaseName, "values.yaml"), "utf8");
    const lines = async (): Promise<string[]> =>
      (await text()).split("\n").filter((line) => !/Tag|revision|generation/i.test(line));
    const before = await lines();
    await rollBack(world, admin, deployment.id, first.id);
    expect(await lines()).toEqual(before);
  });

  test("clears a pending upgrade", async () => {
    const { deployment, first } = await twoDeploys();
    await ask(
      world,
      `mutation ($id: Uuid!) { updateDeploymentRuntime(deploymentUuid: $id, desiredRuntimeVersion: "12.0.0") { id } }`,
      { id: deployment.id },
      admin,
    );
    expect(await rowOf(deployment.id)).toMatchObject({ pending_runtime_version: "12.0.0" });
    await rollBack(world, admin, deployment.id, first.id, { rollOut: false });
    expect(await rowOf(deployment.id)).toMatchObject({ pending_runtime_version: null, runtime_version: "11.4.0" });
  });

  test("keeps an upgrade that was asked for after it", async () => {
    const { deployment, first } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id, { rollOut: false });
    await ask(
      world,
      `mutation ($id: Uuid!) { updateDeploymentRuntime(deploymentUuid: $id, desiredRuntimeVersion: "12.0.0") { id } }`,
      { id: deployment.id },
      admin,
    );
    await finish(world, third.id);
    expect(await rowOf(deployment.id)).toMatchObject({ pending_runtime_version: "12.0.0", runtime_version: "11.4.0" });
  });

  test("goes from a Runtime back to an Airflow image, and forward again", async () => {
    const deployment = await createDeployment(world, admin, { airflowVersion: "2.3.4-6" });
    const first = await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment, { runtimeVersion: "5.0.8" });
    expect(await rowOf(deployment.id)).toMatchObject({ runtime_version: "5.0.8", airflow_version: null });
    await rollBack(world, admin, deployment.id, first.id);
    expect(await rowOf(deployment.id)).toMatchObject({
      runtime_version: null,
      airflow_version: "2.3.4-6",
      pending_runtime_version: null,
      pending_airflow_version: null,
    });
    await rollBack(world, admin, deployment.id, second.id);
    expect(await rowOf(deployment.id)).toMatchObject({ runtime_version: "5.0.8", airflow_version: null });
  });

  test("of a rollback restores what that one restored, and the chain keeps its origin", async () => {
    const { deployment, first, second } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id);
    await rollBack(world, admin, deployment.id, second.id);
    const fifth = await rollBack(world, admin, deployment.id, third.id);
    const [row] = await world.database.sql.query(
      "SELECT rollback_from_id, origin_id FROM deploy_revision WHERE id = $1",
      [fifth.id],
    );
    expect(row).toEqual({ rollback_from_id: third.id, origin_id: first.id });
    for (const target of [first, third, fifth]) {
      expect((await askInVain(world, ROLLBACK, rollbackOf(deployment, target), admin)).code).toBe("TARGET_IS_CURRENT");
    }
  });

  test("is not held up by a deploy under way, which is superseded", async () => {
    const { deployment, first } = await twoDeploys();
    const stuck = await deployImage(world, admin, deployment, { rollOut: false });
    const fourth = await rollBack(world, admin, deployment.id, first.id);
    expect(fourth).toMatchObject({ number: 4, status: "DEPLOYED" });
    expect((await revisionOf(world, stuck.id)).status).toBe("SUPERSEDED");
  });

  test("writes one line to the log, with both sides and the warnings", async () => {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.4.0" });
    const first = await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
    const third = await rollBack(world, admin, deployment.id, first.id, { description: "DAGs gone" });
    const lines = await world.database.sql.query<{
      fields: Record<string, unknown>;
      component: string;
      message: string;
    }>("SELECT component, message, fields FROM log_line WHERE fields->>'revisionId' = $1 ORDER BY id", [third.id]);
    expect(lines.map(({ fields }) => fields["event"])).toEqual(["rollback_accepted", "rollout_started", "deployed"]);
    expect(lines[0]).toMatchObject({
      component: "deploy-rollback",
      message: expect.stringContaining(
        "rolls back from revision 2 (Runtime 11.5.0) to revision 1 (Runtime 11.4.0): DAGs gone",
      ),
      fields: {
        fromRevisionId: second.id,
        toRevisionId: first.id,
        warnings: ["DATABASE_DOWNGRADE", "MUTABLE_IMAGE_TAG", "IMAGE_UNVERIFIED"],
      },
    });
  });
});

describe("who may", () => {
  type Answer = "allowed" | "FORBIDDEN" | "NOT_FOUND";
  const table: [role: string, user: Answer, serviceAccount: Answer | "no such account"][] = [
    ["SYSTEM_ADMIN", "allowed", "allowed"],
    ["SYSTEM_EDITOR", "allowed", "allowed"],
    ["SYSTEM_VIEWER", "FORBIDDEN", "FORBIDDEN"],
    ["WORKSPACE_ADMIN", "allowed", "allowed"],
    ["WORKSPACE_EDITOR", "FORBIDDEN", "allowed"],
    ["WORKSPACE_VIEWER", "FORBIDDEN", "FORBIDDEN"],
    ["DEPLOYMENT_ADMIN", "allowed", "allowed"],
    ["DEPLOYMENT_EDITOR", "allowed", "allowed"],
    ["DEPLOYMENT_VIEWER", "FORBIDDEN", "FORBIDDEN"],
    ["USER", "NOT_FOUND", "no such account"],
  ];

  let deployment: BuiltDeployment;
  let targets: [BuiltRevision, BuiltRevision];
  beforeAll(async () => {
    const built = await twoDeploys();
    deployment = built.deployment;
    targets = [built.first, built.second];
  });

  const placeOf = (role: string, { id, workspaceId }: BuiltDeployment): object =>
    role.startsWith("WORKSPACE") ? { workspaceId } : role.startsWith("DEPLOYMENT") ? { deploymentId: id } : {};

  async function tryIt(token: string): Promise<Answer> {
    const [target, other] = targets;
    const { data, errors } = await world.send(ROLLBACK, rollbackOf(deployment, target), token);
    if (errors === undefined) {
      await finish(world, data.rollbackDeploy.id);
      targets = [other, target];
      return "allowed";
    }
    const [first] = errors;
    expect(first?.message).toBe(first?.extensions.code === "FORBIDDEN" ? REFUSED : "Deployment not found");
    return first?.extensions.code as Answer;
  }

  describe.each(table)("%s", (role, ofUser, ofServiceAccount) => {
    test(`of a user: ${ofUser}`, async () => {
      const account =
        role === "USER"
          ? await signUp(world, { by: admin })
          : await userWith(world, admin, role, placeOf(role, deployment));
      expect(await tryIt(account.token)).toBe(ofUser);
    });

    if (ofServiceAccount === "no such account") return;
    test(`of a service account: ${ofServiceAccount}`, async () => {
      const account = await serviceAccountWith(world, admin, role, placeOf(role, deployment));
      expect(await tryIt(account.token)).toBe(ofServiceAccount);
    });

    if (role.startsWith("SYSTEM")) return;
    test("somewhere else: NOT_FOUND", async () => {
      const elsewhere = await createDeployment(world, admin);
      const user = await userWith(world, admin, role, placeOf(role, elsewhere));
      const account = await serviceAccountWith(world, admin, role, placeOf(role, elsewhere));
      expect([await tryIt(user.token), await tryIt(account.token)]).toEqual(["NOT_FOUND", "NOT_FOUND"]);
    });
  });

  test("nobody without a login", async () => {
    const before = await fingerprint(world);
    const { errors } = await world.send(ROLLBACK, rollbackOf(deployment, targets[0]));
    expect(errors?.[0]).toMatchObject({ message: REFUSED, extensions: { code: "UNAUTHENTICATED", reason: "MISSING" } });
    expect(await fingerprint(world)).toEqual(before);
  });

  test("nobody whose role was taken away a moment ago", async () => {
    const user = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    await ask(
      world,
      "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { totalCount } }",
      { id: deployment.id },
      user.token,
    );
    await world.database.sql.query("DELETE FROM role_binding WHERE user_id = $1", [user.id]);
    expect(await tryIt(user.token)).toBe("NOT_FOUND");
  });

  test("an invisible Deployment answers as one that does not exist, whatever else is wrong", async () => {
    const stranger = await signUp(world, { by: admin });
    for (const more of [
      {},
      { deployRevisionId: UNKNOWN },
      { deployRevisionId: "nonsense" },
      { deployRevisionId: null },
      { expectedCurrentRevisionId: UNKNOWN },
    ]) {
      const invisible = await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, targets[0], more), stranger.token);
      const missing = await refusedWithoutTrace(
        ROLLBACK,
        rollbackOf(deployment, targets[0], { ...more, deploymentUuid: UNKNOWN }),
        stranger.token,
      );
      expect(invisible).toEqual(missing);
      expect(invisible).toMatchObject({ code: "NOT_FOUND", message: "Deployment not found" });
    }
  });

  test("a visible one says which permission is missing, whatever else is wrong", async () => {
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    for (const more of [{}, { deployRevisionId: UNKNOWN }, { deployRevisionId: null }]) {
      expect(await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, targets[0], more), viewer.token)).toEqual({
        code: "FORBIDDEN",
        message: REFUSED,
        extensions: { code: "FORBIDDEN", permission: "deployment.images.push" },
      });
    }
  });
});

describe("a refusal writes nothing", () => {
  test.each<[string, (deployment: BuiltDeployment, first: BuiltRevision) => Promise<unknown>, string]>([
    [
      "the switch off",
      (deployment) => setRollbackSwitch(world, admin, deployment.id, false),
      "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
    ],
    [
      "git-sync now",
      ({ id }) =>
        world.database.sql.query("UPDATE deployment SET dag_deployment_type = 'git_sync' WHERE id = $1", [id]),
      "DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
    ],
    [
      "a volume then",
      (_, { id }) =>
        world.database.sql.query("UPDATE deploy_revision SET dag_deployment_type = 'volume' WHERE id = $1", [id]),
      "TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
    ],
    [
      "too old now",
      ({ id }) => world.database.sql.query("UPDATE deployment SET runtime_version = '4.2.9' WHERE id = $1", [id]),
      "RUNTIME_TOO_OLD",
    ],
    [
      "too old then",
      (_, { id }) =>
        world.database.sql.query("UPDATE deploy_revision SET runtime_version = '4.2.9' WHERE id = $1", [id]),
      "TARGET_RUNTIME_TOO_OLD",
    ],
    [
      "a version nobody can read",
      (_, { id }) =>
        world.database.sql.query(
          "UPDATE deploy_revision SET runtime_version = 'NA', airflow_version = NULL WHERE id = $1",
          [id],
        ),
      "TARGET_RUNTIME_TOO_OLD",
    ],
    [
      "a failed target",
      (_, { id }) => world.database.sql.query("UPDATE deploy_revision SET status = 'FAILED' WHERE id = $1", [id]),
      "TARGET_NOT_DEPLOYED",
    ],
    [
      "an unfinished target",
      (_, { id }) => world.database.sql.query("UPDATE deploy_revision SET status = 'INITIALIZED' WHERE id = $1", [id]),
      "TARGET_NOT_DEPLOYED",
    ],
    [
      "an expired target",
      (_, { id }) =>
        world.database.sql.query("UPDATE deploy_revision SET created_at = $2 WHERE id = $1", [
          id,
          plusMs(minusDays(START, 90), -1),
        ]),
      "TARGET_EXPIRED",
    ],
    [
      "a database downgrade that nobody agreed to",
      (deployment) => deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" }),
      "DATABASE_DOWNGRADE",
    ],
    [
      "content that runs already",
      (deployment, first) => rollBack(world, admin, deployment.id, first.id),
      "TARGET_IS_CURRENT",
    ],
  ])("%s", async (_name, spoil, code) => {
    const { deployment, first } = await twoDeploys();
    await spoil(deployment, first);
    const acknowledgeDataLoss = code !== "DATABASE_DOWNGRADE";
    const refusal = await refusedWithoutTrace(
      ROLLBACK,
      rollbackOf(deployment, first, { idempotencyKey: "k", acknowledgeDataLoss }),
    );
    expect(refusal.code).toBe(code);
    expect(refusal.extensions["issues"]).toEqual([expect.objectContaining({ code, message: refusal.message })]);
  });

  test("all reasons come at once", async () => {
    const { deployment, first } = await twoDeploys();
    await world.database.sql.query(
      "UPDATE deployment SET rollback_enabled = false, dag_deployment_type = 'volume', runtime_version = '4.2.9' WHERE id = $1",
      [deployment.id],
    );
    await world.database.sql.query(
      "UPDATE deploy_revision SET status = 'FAILED', created_at = '2020-01-01', dag_deployment_type = 'git_sync', runtime_version = NULL, airflow_version = '2.2.5' WHERE id = $1",
      [first.id],
    );
    const { extensions } = await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first));
    expect((extensions["issues"] as { code: string }[]).map(({ code }) => code)).toEqual([
      "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
      "DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
      "RUNTIME_TOO_OLD",
      "TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
      "TARGET_RUNTIME_TOO_OLD",
      "TARGET_NOT_DEPLOYED",
      "TARGET_EXPIRED",
      "DATABASE_DOWNGRADE",
    ]);
  });
});

describe("the arguments", () => {
  test.each([
    ["a blank description", { description: "" }, "BAD_USER_INPUT", "description: has to say why"],
    ["a description of spaces", { description: " \n\t " }, "BAD_USER_INPUT", "description: has to say why"],
    ["501 characters", { description: "x".repeat(501) }, "BAD_USER_INPUT", "description: has at most 500 characters"],
    ["a null character", { description: "a\0b" }, "BAD_USER_INPUT", "description: holds a null character"],
    ["no description", { description: null }, "BAD_USER_INPUT", "$description"],
    ["a number as description", { description: 5 }, "BAD_USER_INPUT", "$description"],
    ["an unknown revision", { deployRevisionId: UNKNOWN }, "NOT_FOUND", "Deploy revision not found"],
    ["a malformed revision", { deployRevisionId: "nonsense" }, "NOT_FOUND", "Deploy revision not found"],
    ["a revision with a null character", { deployRevisionId: "a\0b" }, "BAD_USER_INPUT", "deployRevisionId: "],
    ["an unknown Deployment", { deploymentUuid: UNKNOWN }, "NOT_FOUND", "Deployment not found"],
    ["a malformed Deployment", { deploymentUuid: "nonsense" }, "NOT_FOUND", "Deployment not found"],
    ["an empty Deployment", { deploymentUuid: "" }, "NOT_FOUND", "Deployment not found"],
    ["a blank key", { idempotencyKey: "  " }, "BAD_USER_INPUT", "idempotencyKey: "],
    ["a key too long", { idempotencyKey: "k".repeat(201) }, "BAD_USER_INPUT", "idempotencyKey: "],
    ["a key with a null character", { idempotencyKey: "a\0b" }, "BAD_USER_INPUT", "idempotencyKey: "],
    ["another revision expected", { expectedCurrentRevisionId: UNKNOWN }, "CONFLICT", "Revision 2 is current by now"],
    ["nonsense expected", { expectedCurrentRevisionId: "nonsense" }, "CONFLICT", "Revision 2 is current by now"],
    ["text as acknowledgement", { acknowledgeDataLoss: "yes" }, "BAD_USER_INPUT", "$acknowledgeDataLoss"],
  ])("%s", async (_name, more, code, message) => {
    const { deployment, first } = await twoDeploys();
    const refusal = await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first, more));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(message);
  });

  test.each([
    ["500 characters", "x".repeat(500), "x".repeat(500)],
    ["500 characters and spaces around", `  ${"x".repeat(500)}  `, "x".repeat(500)],
    ["one character", "x", "x"],
    [
      "words with quotes and markup",
      `'; DROP TABLE deploy_revision; -- <b>"`,
      `'; DROP TABLE deploy_revision; -- <b>"`,
    ],
    ["emoji", "🚀 back", "🚀 back"],
  ])("a description of %s", async (_name, description, kept) => {
    const { deployment, first } = await twoDeploys();
    const { rollbackDeploy } = await ask(world, ROLLBACK, rollbackOf(deployment, first, { description }), admin);
    expect(rollbackDeploy.description).toBe(kept);
    const [line] = await world.database.sql.query<{ message: string }>(
      "SELECT message FROM log_line WHERE fields->>'revisionId' = $1",
      [rollbackDeploy.id],
    );
    expect(line?.message.endsWith(`: ${kept}`)).toBe(true);
  });

  test("a revision of another Deployment is not found", async () => {
    const { deployment } = await twoDeploys();
    const { first: foreign } = await twoDeploys();
    expect(await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, foreign))).toMatchObject({
      code: "NOT_FOUND",
      message: "Deploy revision not found",
    });
  });

  test("a deleted Deployment is not found", async () => {
    const { deployment, first } = await twoDeploys();
    await ask(
      world,
      "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
      { id: deployment.id },
      admin,
    );
    expect((await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first))).code).toBe("NOT_FOUND");
  });

  test("without a target and without one to fall back to", async () => {
    const deployment = await createDeployment(world, admin);
    const only = await deployImage(world, admin, deployment);
    for (const deployRevisionId of [undefined, null, ""]) {
      expect((await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, only, { deployRevisionId }))).code).toBe(
        "NO_TARGET",
      );
    }
  });

  test("an empty key and an empty expected revision count as not given", async () => {
    const { deployment, first, second } = await twoDeploys();
    const empty = { idempotencyKey: "", expectedCurrentRevisionId: "" };
    const back = await ask(world, ROLLBACK, rollbackOf(deployment, first, empty), admin);
    await finish(world, back.rollbackDeploy.id);
    const forth = await ask(world, ROLLBACK, rollbackOf(deployment, second, empty), admin);
    expect(forth.rollbackDeploy.id).not.toBe(back.rollbackDeploy.id);
  });

  test("a Deployment that never ran anything", async () => {
    const deployment = await createDeployment(world, admin);
    const stuck = await deployImage(world, admin, deployment, { rollOut: false });
    expect(
      (await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, stuck, { expectedCurrentRevisionId: UNKNOWN })))
        .message,
    ).toBe("No revision is current yet");
    expect((await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, stuck))).code).toBe("TARGET_NOT_DEPLOYED");
  });

  test("the revision that was expected lets it through, in capitals too", async () => {
    const { deployment, first, second } = await twoDeploys();
    const third = await ask(
      world,
      ROLLBACK,
      rollbackOf(deployment, first, { expectedCurrentRevisionId: second.id }),
      admin,
    );
    await finish(world, third.rollbackDeploy.id);
    const { message } = await refusedWithoutTrace(
      ROLLBACK,
      rollbackOf(deployment, second, { expectedCurrentRevisionId: second.id }),
    );
    expect(message).toBe(`Revision 3 is current by now (${third.rollbackDeploy.id}); look at the history again`);
    const capitals = {
      expectedCurrentRevisionId: third.rollbackDeploy.id.toUpperCase(),
      deployRevisionId: second.id.toUpperCase(),
      deploymentUuid: deployment.id.toUpperCase(),
    };
    expect((await ask(world, ROLLBACK, rollbackOf(deployment, second, capitals), admin)).rollbackDeploy.number).toBe(4);
  });

  test("while a deploy is under way the revision that runs is still the one to expect", async () => {
    const { deployment, first, second } = await twoDeploys();
    await deployImage(world, admin, deployment, { rollOut: false });
    const { rollbackDeploy } = await ask(
      world,
      ROLLBACK,
      rollbackOf(deployment, first, { expectedCurrentRevisionId: second.id }),
      admin,
    );
    expect(rollbackDeploy.rolledBackId).toBe(second.id);
  });
});

describe("a double click", () => {
  test("makes one revision, one after the other", async () => {
    const { deployment, first } = await twoDeploys();
    await ask(world, ROLLBACK, rollbackOf(deployment, first), admin);
    expect((await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first))).code).toBe("TARGET_IS_CURRENT");
    expect(await revisionsOf(deployment.id)).toBe(3);
  });

  test("makes one revision at the same moment", async () => {
    const { deployment, first } = await twoDeploys();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => world.send(ROLLBACK, rollbackOf(deployment, first), admin)),
    );
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect(answers.flatMap(({ errors }) => errors ?? []).map(({ extensions }) => extensions.code)).toEqual(
      Array(7).fill("TARGET_IS_CURRENT"),
    );
    expect(await revisionsOf(deployment.id)).toBe(3);
  });

  test("two people at the same moment to two targets: both are recorded, the later one stays", async () => {
    const { deployment, first, second } = await twoDeploys();
    await deployImage(world, admin, deployment);
    const answers = await Promise.all(
      [first, second].map((target) => world.send(ROLLBACK, rollbackOf(deployment, target), admin)),
    );
    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined]);
    const statuses = await world.database.sql.query(
      "SELECT status FROM deploy_revision WHERE deployment_id = $1 AND number > 3 ORDER BY number",
      [deployment.id],
    );
    expect(statuses).toEqual([{ status: "SUPERSEDED" }, { status: "INITIALIZED" }]);
  });
});

describe("an idempotency key", () => {
  const withKey = (deployment: BuiltDeployment, target: BuiltRevision, key: string, more: object = {}) =>
    rollbackOf(deployment, target, { idempotencyKey: key, ...more });

  test("with the same input answers the same revision, before, during and after its rollout", async () => {
    const { deployment, first } = await twoDeploys();
    const { rollbackDeploy: made } = await ask(world, ROLLBACK, withKey(deployment, first, "k1"), admin);
    const before = await fingerprint(world);
    expect((await ask(world, ROLLBACK, withKey(deployment, first, "k1"), admin)).rollbackDeploy).toEqual(made);
    expect(await fingerprint(world)).toEqual(before);
    await finish(world, made.id);
    const again = (await ask(world, ROLLBACK, withKey(deployment, first, "k1", { description: " it broke " }), admin))
      .rollbackDeploy;
    expect(again).toEqual({ ...made, status: "DEPLOYED", isCurrent: true });
    await deployImage(world, admin, deployment);
    expect((await ask(world, ROLLBACK, withKey(deployment, first, "k1"), admin)).rollbackDeploy).toMatchObject({
      id: made.id,
      isCurrent: false,
    });
    expect(await revisionsOf(deployment.id)).toBe(4);
  });

  test.each([
    ["description", { description: "another reason" }],
    ["acknowledgement", { acknowledgeDataLoss: true }],
    ["expectation", { expectedCurrentRevisionId: UNKNOWN }],
    ["target", { deployRevisionId: UNKNOWN }],
  ])("with another %s is refused", async (name, more) => {
    const { deployment, first } = await twoDeploys();
    await ask(world, ROLLBACK, withKey(deployment, first, `k2 ${name}`), admin);
    const refusal = await refusedWithoutTrace(ROLLBACK, withKey(deployment, first, `k2 ${name}`, more));
    expect(refusal.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("for another Deployment is refused", async () => {
    const mine = await twoDeploys();
    const other = await twoDeploys();
    await ask(world, ROLLBACK, withKey(mine.deployment, mine.first, "k3"), admin);
    expect((await refusedWithoutTrace(ROLLBACK, withKey(other.deployment, other.first, "k3"))).code).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });

  test("of another caller is another key", async () => {
    const { deployment, first } = await twoDeploys();
    const other = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const { rollbackDeploy: made } = await ask(world, ROLLBACK, withKey(deployment, first, "k4"), admin);
    expect((await refusedWithoutTrace(ROLLBACK, withKey(deployment, first, "k4"), other.token)).code).toBe(
      "TARGET_IS_CURRENT",
    );
    await finish(world, made.id);
    const third = await deployImage(world, admin, deployment);
    expect(third.number).toBe(4);
    const { rollbackDeploy: theirs } = await ask(world, ROLLBACK, withKey(deployment, first, "k4"), other.token);
    expect(theirs.id).not.toBe(made.id);
    expect((await ask(world, ROLLBACK, withKey(deployment, first, "k4"), admin)).rollbackDeploy.id).toBe(made.id);
  });

  test("can be used again after exactly 24 hours", async () => {
    const { deployment, first, second } = await twoDeploys();
    const made = await rollBack(world, admin, deployment.id, first.id, { idempotencyKey: "k5" });
    clock.pass(DAY_MS - 1);
    expect(
      (await refusedWithoutTrace(ROLLBACK, withKey(deployment, second, "k5", { acknowledgeDataLoss: true }))).code,
    ).toBe("IDEMPOTENCY_KEY_REUSED");
    clock.pass(1);
    const { rollbackDeploy } = await ask(
      world,
      ROLLBACK,
      withKey(deployment, second, "k5", { acknowledgeDataLoss: true }),
      admin,
    );
    expect(rollbackDeploy.id).not.toBe(made.id);
    expect(await world.database.sql.query("SELECT revision_id FROM idempotency_key WHERE key = 'k5'")).toEqual([
      { revision_id: rollbackDeploy.id },
    ]);
  });

  test("at the same moment makes one revision, which everybody gets", async () => {
    const { deployment, first } = await twoDeploys();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(world, ROLLBACK, withKey(deployment, first, "k6"), admin)),
    );
    expect(new Set(answers.map(({ rollbackDeploy }) => rollbackDeploy.id)).size).toBe(1);
    expect(await revisionsOf(deployment.id)).toBe(3);
  });

  test("at the same moment for two Deployments works for one", async () => {
    const one = await twoDeploys();
    const two = await twoDeploys();
    const answers = await Promise.all(
      [one, two].map(({ deployment, first }) => world.send(ROLLBACK, withKey(deployment, first, "k7"), admin)),
    );
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const [refusal] = answers.flatMap(({ errors }) => errors ?? []);
    expect(["CONFLICT", "IDEMPOTENCY_KEY_REUSED"]).toContain(refusal?.extensions.code);
    expect((await revisionsOf(one.deployment.id)) + (await revisionsOf(two.deployment.id))).toBe(5);
  });

  test("of a refused rollback is not used up", async () => {
    const { deployment, first } = await twoDeploys();
    await setRollbackSwitch(world, admin, deployment.id, false);
    expect((await refusedWithoutTrace(ROLLBACK, withKey(deployment, first, "k8"))).code).toBe(
      "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
    );
    await setRollbackSwitch(world, admin, deployment.id, true);
    expect((await ask(world, ROLLBACK, withKey(deployment, first, "k8"), admin)).rollbackDeploy.number).toBe(3);
  });

  test("does not let in whoever lost the permission meanwhile", async () => {
    const { deployment, first } = await twoDeploys();
    const user: Account = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    await ask(world, ROLLBACK, withKey(deployment, first, "k9"), user.token);
    await world.database.sql.query("UPDATE role_binding SET role = 'DEPLOYMENT_VIEWER' WHERE user_id = $1", [user.id]);
    expect((await refusedWithoutTrace(ROLLBACK, withKey(deployment, first, "k9"), user.token)).code).toBe("FORBIDDEN");
  });

  test("of 200 characters is fine", async () => {
    const { deployment, first } = await twoDeploys();
    expect((await ask(world, ROLLBACK, withKey(deployment, first, "k".repeat(200)), admin)).rollbackDeploy.number).toBe(
      3,
    );
  });
});

describe("acknowledgeDataLoss", () => {
  async function overASchema() {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.4.0" });
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
    return { deployment, first };
  }

  test.each([[undefined], [null], [false]])("%s is refused with the remedy", async (acknowledgeDataLoss) => {
    const { deployment, first } = await overASchema();
    const refusal = await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first, { acknowledgeDataLoss }));
    expect(refusal.code).toBe("DATABASE_DOWNGRADE");
    expect((refusal.extensions["issues"] as { remedy: string }[])[0]?.remedy).toContain("acknowledgeDataLoss: true");
  });

  test("true is accepted, and is no harm where nothing is lost", async () => {
    const { deployment, first } = await overASchema();
    const third = await rollBack(world, admin, deployment.id, first.id, { acknowledgeDataLoss: true });
    expect(third.status).toBe("DEPLOYED");
    const [second] = await world.database.sql.query<{ id: string }>(
      "SELECT id FROM deploy_revision WHERE deployment_id = $1 AND number = 2",
      [deployment.id],
    );
    if (second === undefined) throw new Error("no second revision");
    expect((await rollBack(world, admin, deployment.id, second.id)).status).toBe("DEPLOYED");
  });

  test("is not asked for where the installation does not want it", async () => {
    const { deployment, first } = await overASchema();
    const lenient = await startTestApp({
      database: world.database,
      clock: clock.now,
      env: { DEPLOYMENTS__DEPLOY_ROLLBACK__REQUIRE_DATA_LOSS_ACKNOWLEDGEMENT: "false" },
    });
    try {
      expect((await ask(lenient, ROLLBACK, rollbackOf(deployment, first), admin)).rollbackDeploy.number).toBe(3);
    } finally {
      await lenient.close();
    }
  });
});

describe("the ordinary ways of deploying", () => {
  const UPSERT = `mutation ($id: Uuid!, $image: String, $runtimeVersion: String, $airflowVersion: String) {
    upsertDeployment(deploymentUuid: $id, image: $image, runtimeVersion: $runtimeVersion, airflowVersion: $airflowVersion, label: "Changed") { id } }`;

  test.each([
    ["11.4.0", { runtimeVersion: "11.3.0" }],
    ["11.4.0", { runtimeVersion: "9.17.0" }],
    ["11.10.0", { runtimeVersion: "11.9.0" }],
    ["3.0-1", { runtimeVersion: "13.0.0" }],
    ["3.1-12", { runtimeVersion: "3.1-2" }],
    ["11.4.0", { airflowVersion: "2.9.0" }],
  ])("from %s refuse %j", async (runtimeVersion, versions) => {
    const deployment = await createDeployment(world, admin, { runtimeVersion });
    await deployImage(world, admin, deployment);
    const image = "registry.example.com/airflow:old";
    expect(
      (await refusedWithoutTrace(UPDATE_IMAGE, { releaseName: deployment.releaseName, image, ...versions })).code,
    ).toBe("DOWNGRADE_REFUSED");
    expect((await refusedWithoutTrace(UPSERT, { id: deployment.id, image, ...versions })).code).toBe(
      "DOWNGRADE_REFUSED",
    );
  });

  test("refuse to go below what is just being rolled out", async () => {
    const { deployment } = await twoDeploys();
    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0", rollOut: false });
    const variables = {
      releaseName: deployment.releaseName,
      image: "registry.example.com/airflow:old",
      runtimeVersion: "11.4.0",
    };
    expect((await refusedWithoutTrace(UPDATE_IMAGE, variables)).code).toBe("DOWNGRADE_REFUSED");
  });

  test("take what a rollback has gone back to", async () => {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.0.0" });
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0" });
    await rollBack(world, admin, deployment.id, first.id);
    expect((await deployImage(world, admin, deployment, { runtimeVersion: "11.0.0" })).status).toBe("DEPLOYED");
  });

  test.each([
    ["no image", { image: "" }, "image: "],
    ["a malformed image", { image: "no image!" }, "image: "],
    ["an image with a null character", { image: "a\0b" }, "image: "],
    ["an image beyond measure", { image: "a".repeat(100_000) }, "image: "],
    ["a malformed digest", { imageDigest: "sha256:abc" }, "imageDigest: "],
    ["a malformed Runtime", { runtimeVersion: "newest" }, "runtimeVersion: "],
    ["a Runtime with a null character", { runtimeVersion: "11.4.0\0" }, "runtimeVersion: "],
    ["a Runtime that is too old to run here", { runtimeVersion: "4.2.4" }, "runtimeVersion: "],
    ["a malformed Airflow", { airflowVersion: "two" }, "airflowVersion: "],
    ["501 characters", { description: "x".repeat(501) }, "description: "],
    ["a description with a null character", { description: "a\0b" }, "description: "],
  ])("updateDeploymentImage refuses %s", async (_name, more, message) => {
    const { deployment } = await twoDeploys();
    const variables = { releaseName: deployment.releaseName, image: "registry.example.com/airflow:x", ...more };
    const refusal = await refusedWithoutTrace(UPDATE_IMAGE, variables);
    expect(refusal.code).toBe("BAD_USER_INPUT");
    expect(refusal.message).toContain(message);
  });

  test.each(["", "unknown", "x".repeat(100_000), "%"])(
    "updateDeploymentImage finds no such release: %.20j",
    async (releaseName) => {
      const refusal = await refusedWithoutTrace(UPDATE_IMAGE, { releaseName, image: "registry.example.com/airflow:x" });
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Deployment not found" });
    },
  );

  test("updateDeploymentImage asks for the permission", async () => {
    const { deployment } = await twoDeploys();
    const variables = { releaseName: deployment.releaseName, image: "registry.example.com/airflow:x" };
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const stranger = await signUp(world, { by: admin });
    expect((await refusedWithoutTrace(UPDATE_IMAGE, variables, viewer.token)).code).toBe("FORBIDDEN");
    expect((await refusedWithoutTrace(UPDATE_IMAGE, variables, stranger.token)).code).toBe("NOT_FOUND");
  });

  test("an upsert whose image is refused changes no setting, and creates nothing", async () => {
    const { deployment } = await twoDeploys();
    await refusedWithoutTrace(UPSERT, { id: deployment.id, image: "no image!" });
    const workspaceId = await createWorkspace(world, admin);
    const create = `mutation ($w: Uuid!) { upsertDeployment(workspaceUuid: $w, label: "New", image: "no image!") { id } }`;
    expect((await refusedWithoutTrace(create, { w: workspaceId })).code).toBe("BAD_USER_INPUT");
  });

  test("an upsert takes the permission to push where it has an image", async () => {
    const { deployment } = await twoDeploys();
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const env = { ROLES: '{"DEPLOYMENT_EDITOR": {"permissions": {"deployment.images.push": false}}}' };
    const strict = await startTestApp({ database: world.database, clock: clock.now, env });
    try {
      expect(
        (await refusedWithoutTrace(UPSERT, { id: deployment.id, image: "airflow:1" }, editor.token, strict)).code,
      ).toBe("FORBIDDEN");
      expect((await ask(strict, UPSERT, { id: deployment.id }, editor.token)).upsertDeployment.id).toBe(deployment.id);
    } finally {
      await strict.close();
    }
  });
});

describe("with a switch of the installation off", () => {
  test.each([
    ["DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED", "ROLLBACK_DISABLED_FOR_INSTALLATION"],
    ["DEPLOYMENTS__DAG_ONLY_DEPLOYMENT", "DAG_ONLY_DEPLOYMENT_DISABLED"],
    ["DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT", "UPDATE_IMAGE_ENDPOINT_DISABLED"],
  ])("%s", async (variable, code) => {
    const { deployment, first, second } = await twoDeploys();
    const off = await startTestApp({ database: world.database, clock: clock.now, env: { [variable]: "false" } });
    try {
      expect((await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first), admin, off)).code).toBe(code);
      // The history stays readable, and says why.
      const { deployRevisions } = await ask(
        off,
        "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { id rollback { allowed blockers { code } } } } }",
        { id: deployment.id },
        admin,
      );
      expect(deployRevisions.nodes.map(({ id }: { id: string }) => id)).toEqual([second.id, first.id]);
      expect(deployRevisions.nodes[1].rollback).toEqual({ allowed: false, blockers: [{ code }] });
      // Recording goes on.
      if (code === "UPDATE_IMAGE_ENDPOINT_DISABLED") {
        expect(
          (await askInVain(off, UPDATE_IMAGE, { releaseName: deployment.releaseName, image: "airflow:1" }, admin)).code,
        ).toBe("FEATURE_DISABLED");
        await ask(
          off,
          `mutation ($id: Uuid!) { upsertDeployment(deploymentUuid: $id, image: "airflow:1") { id } }`,
          { id: deployment.id },
          admin,
        );
        expect((await headOf(off, deployment.id)).number).toBe(3);
      } else {
        expect((await deployImage(off, admin, deployment)).number).toBe(3);
      }
    } finally {
      await off.close();
    }
    const { rollbackDeploy } = await ask(world, ROLLBACK, rollbackOf(deployment, first), admin);
    expect(rollbackDeploy.number).toBe(4);
  });
});

describe("updateDeploymentRollback", () => {
  const SWITCH =
    "mutation ($id: Uuid!, $enabled: Boolean!) { updateDeploymentRollback(deploymentUuid: $id, enabled: $enabled) { id rollbackEnabled } }";

  test("is off on a new Deployment, goes on and off, and says so in the log once", async () => {
    const deployment = await createDeployment(world, admin, { rollbackEnabled: false });
    const read = async () =>
      (
        await ask(
          world,
          "query ($id: String!) { deployment(where: { id: $id }) { rollbackEnabled } }",
          { id: deployment.id },
          admin,
        )
      ).deployment.rollbackEnabled;
    expect(await read()).toBe(false);
    for (const enabled of [true, true, false, false]) {
      const answer = await ask(world, SWITCH, { id: deployment.id, enabled }, admin);
      expect(answer.updateDeploymentRollback).toEqual({ id: deployment.id, rollbackEnabled: enabled });
      expect(await read()).toBe(enabled);
    }
    const lines = await world.database.sql.query(
      "SELECT fields->>'event' AS event FROM log_line WHERE deployment_id = $1 ORDER BY id",
      [deployment.id],
    );
    expect(lines).toEqual([{ event: "rollback_enabled" }, { event: "rollback_disabled" }]);
  });

  test("records deploys while it is off", async () => {
    const deployment = await createDeployment(world, admin, { rollbackEnabled: false });
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    expect((await refusedWithoutTrace(ROLLBACK, rollbackOf(deployment, first))).code).toBe(
      "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
    );
    await setRollbackSwitch(world, admin, deployment.id, true);
    expect((await rollBack(world, admin, deployment.id, first.id)).number).toBe(3);
  });

  test("takes deployment.config.update", async () => {
    const deployment = await createDeployment(world, admin);
    const answer = async (role: string): Promise<string> => {
      const { token } = await userWith(world, admin, role, { deploymentId: deployment.id });
      const { errors } = await world.send(SWITCH, { id: deployment.id, enabled: false }, token);
      return errors?.[0]?.extensions.code ?? "allowed";
    };
    expect(await answer("DEPLOYMENT_VIEWER")).toBe("FORBIDDEN");
    expect(await answer("DEPLOYMENT_EDITOR")).toBe("allowed");
    expect(await answer("DEPLOYMENT_ADMIN")).toBe("allowed");
    const stranger = await signUp(world, { by: admin });
    expect((await refusedWithoutTrace(SWITCH, { id: deployment.id, enabled: true }, stranger.token)).message).toBe(
      "Deployment not found",
    );
  });

  test.each([
    ["an unknown id", { id: UNKNOWN, enabled: true }, "NOT_FOUND"],
    ["a malformed id", { id: "nonsense", enabled: true }, "NOT_FOUND"],
    ["no switch", { id: UNKNOWN }, "BAD_USER_INPUT"],
    ["null", { id: UNKNOWN, enabled: null }, "BAD_USER_INPUT"],
    ["text", { id: UNKNOWN, enabled: "true" }, "BAD_USER_INPUT"],
  ])("refuses %s", async (_name, variables, code) => {
    expect((await refusedWithoutTrace(SWITCH, variables)).code).toBe(code);
  });
});

test("a failed deploy is undone by rolling back to what still runs", async () => {
  const driver = new ScriptedDriver();
  driver.reject("bad");
  const failing = await startTestApp({ driver });
  try {
    const token = await signUpAdmin(failing);
    const { deployment, second } = await twoDeploys({}, failing, token);
    expect((await askInVain(failing, ROLLBACK, rollbackOf(deployment, second), token)).code).toBe("TARGET_IS_CURRENT");
    const bad = await deployImage(failing, token, deployment, { image: "registry.example.com/airflow:bad" });
    expect(bad.status).toBe("FAILED");
    expect(await rowOf(deployment.id, failing)).toMatchObject({
      current_revision_id: second.id,
      head_revision_id: bad.id,
    });
    const again = await rollBack(failing, token, deployment.id, second.id);
    expect(again).toMatchObject({ number: 4, status: "DEPLOYED" });
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(again.id);
    await applyOnce(failing, bad.id);
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(again.id);
  } finally {
    await failing.close();
  }
});
