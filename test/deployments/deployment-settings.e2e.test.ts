import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  headOf,
  signUpAdmin,
  type BuiltDeployment,
  type Refusal,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { readDeployment, rowOf, secretsOf, SET_VARIABLES, UPDATE, UPSERT } from "../builders/deployment-operations";
import { fingerprint, fingerprintUnaudited } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  // A second passes at each look, so that every change shows in updatedAt.
  world = await startTestApp({
    clock: new TestClock("2024-07-15T09:30:00.000Z", 1_000).now,
    env: { DEPLOYMENTS__GIT_SYNC_DAG_DEPLOYMENT: "true" },
  });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** As the command-line client calls it with no flag but the id. */
const update = async ({ id }: BuiltDeployment, variables: object = {}) =>
  (await ask(world, UPDATE, { deploymentId: id, payload: {}, cloudRole: "", dagDeployment: {}, ...variables }, admin))
    .updateDeployment;

async function refusedWithoutTrace(query: string, variables: object): Promise<Refusal> {
  const before = await fingerprint(world);
  const refusal = await askInVain(world, query, variables, admin);
  expect(await fingerprint(world)).toEqual(before);
  return refusal;
}

/** One with something in every setting. */
async function rich(): Promise<BuiltDeployment> {
  const deployment = await createDeployment(world, admin);
  const settings = {
    deploymentUuid: deployment.id,
    description: "what it is for",
    cloudRole: "arn:aws:iam::1:role/x",
    dagDeployment: {
      type: "git_sync",
      repositoryUrl: "https://git.example.com/dags",
      branchName: "main",
      syncInterval: 60,
    },
    triggerer: { replicas: 2, resources: { requests: { cpu: 100, memory: 256 } } },
    workers: { replicas: 3 },
    properties: { owner: "sales" },
    environmentVariables: [
      { key: "TOKEN", value: "s3cret", isSecret: true },
      { key: "MODE", value: "fast" },
    ],
  };
  await ask(world, UPSERT, settings, admin);
  return deployment;
}

describe("updateDeployment", () => {
  test.each([
    ["what the command-line client sends without a flag", {}],
    ["null for everything", { executor: null, cloudRole: null, dagDeployment: null, triggererReplicas: null }],
    ["empty settings of a mechanism", { dagDeployment: { type: null, repositoryUrl: "", branchName: null } }],
    ["keys in the payload that mean nothing", { payload: { sync: true, id: "other", releaseName: "other" } }],
  ])("%s changes nothing", async (_name, variables) => {
    const deployment = await rich();
    const shown = await readDeployment(world, admin, deployment);
    const before = await fingerprintUnaudited(world);
    expect(await update(deployment, variables)).toEqual(shown);
    expect(await fingerprintUnaudited(world)).toEqual(before);
  });

  test.each<[string, object, object]>([
    ["the label, trimmed", { payload: { label: " New " } }, { label: "New" }],
    ["the description", { payload: { description: "else" } }, { description: "else" }],
    ["the description to none", { payload: { description: null } }, { description: null }],
    ["the executor", { executor: "LocalExecutor" }, { executor: "LocalExecutor" }],
    ["the cloud role", { cloudRole: "other" }, { cloud_role: "other" }],
    [
      "the mechanism, its settings stay",
      { dagDeployment: { type: "dag_deploy" } },
      { dag_deployment_type: "dag_deploy" },
    ],
    [
      "one setting of the mechanism, the others stay",
      { dagDeployment: { branchName: "next" } },
      { dag_deployment: { repositoryUrl: "https://git.example.com/dags", branchName: "next", syncInterval: 60 } },
    ],
    [
      "the number of triggerers, what each gets stays",
      { triggererReplicas: 1 },
      {
        components: {
          triggerer: { replicas: 1, resources: { requests: { cpu: 100, memory: 256 } } },
          workers: { replicas: 3 },
        },
      },
    ],
  ])("changes %s, and nothing else", async (_name, variables, changed) => {
    const deployment = await rich();
    const { updated_at: updatedAt, ...before } = await rowOf(world, deployment);
    await update(deployment, variables);
    const { updated_at: updatedLater, ...after } = await rowOf(world, deployment);
    expect(after).toEqual({ ...before, ...changed });
    expect(String(updatedLater) > String(updatedAt)).toBe(true);
  });

  test("takes effect by a job, and makes no line in the history", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    for (const label of ["One", "Two"]) await update(deployment, { payload: { label } });
    const jobs = await world.database.sql.query(
      `SELECT 1 FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE t.identifier = 'deployments.reconcile' AND j.payload->>'deploymentId' = $1`,
      [deployment.id],
    );
    expect(jobs).toHaveLength(1);
    expect((await headOf(world, deployment.id)).number).toBe(1);
  });

  test.each([
    ["text as payload", { payload: "text" }, "payload"],
    ["a list as payload", { payload: [] }, "payload"],
    ["a number as label", { payload: { label: 7 } }, "payload"],
    ["a null label", { payload: { label: null } }, "payload"],
    ["a list as description", { payload: { description: [] } }, "payload"],
    ["an empty label", { payload: { label: " " } }, "label"],
    ["a label of 191 characters", { payload: { label: "x".repeat(191) } }, "label"],
    ["a description of 1001 characters", { payload: { description: "x".repeat(1_001) } }, "description"],
    ["fewer than no triggerers", { triggererReplicas: -1 }, "triggerer.replicas"],
    ["a mechanism that is off", { dagDeployment: { type: "volume" } }, "dagDeployment.type"],
    ["a cloud role beyond measure", { cloudRole: "x".repeat(100_000) }, "cloudRole"],
  ])("refuses %s, naming the argument, and changes nothing", async (_name, variables, argument) => {
    const { id } = await rich();
    const refusal = await refusedWithoutTrace(UPDATE, {
      deploymentId: id,
      payload: { label: "Changed" },
      executor: "LocalExecutor",
      ...variables,
    });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test.each<[string, object]>([
    ["label", { payload: { label: "a\0b" } }],
    ["description", { payload: { description: "a\0b" } }],
    ["cloudRole", { cloudRole: "a\0b" }],
    ["dagDeployment", { dagDeployment: { branchName: "a\0b" } }],
  ])("refuses a null character in the %s, and changes nothing", async (_name, variables) => {
    const { id } = await rich();
    expect(
      (await refusedWithoutTrace(UPDATE, { deploymentId: id, payload: {}, executor: "LocalExecutor", ...variables }))
        .code,
    ).toBe("BAD_USER_INPUT");
  });

  test("of different settings at the same moment keeps all of them", async () => {
    const deployment = await rich();
    await Promise.all([
      update(deployment, { payload: { label: "New" } }),
      update(deployment, { payload: { description: "else" } }),
      update(deployment, { executor: "LocalExecutor" }),
      update(deployment, { cloudRole: "other" }),
      update(deployment, { dagDeployment: { branchName: "next" } }),
      update(deployment, { dagDeployment: { syncInterval: 30 } }),
    ]);
    expect(await rowOf(world, deployment)).toMatchObject({
      label: "New",
      description: "else",
      executor: "LocalExecutor",
      cloud_role: "other",
      dag_deployment: { branchName: "next", syncInterval: 30 },
    });
  });
});

describe("updateDeploymentVariables", () => {
  const set = async ({ id, releaseName }: BuiltDeployment, variables: object[]) =>
    (await ask(world, SET_VARIABLES, { deploymentId: id, releaseName, environmentVariables: variables }, admin))
      .updateDeploymentVariables;

  test("replaces the whole list, and never answers what is secret", async () => {
    const deployment = await createDeployment(world, admin);
    expect(
      await set(deployment, [
        { key: "TOKEN", value: "s3cret", isSecret: true },
        { key: "MODE", value: "fast" },
      ]),
    ).toEqual([
      { key: "TOKEN", value: "", isSecret: true },
      { key: "MODE", value: "fast", isSecret: false },
    ]);
    // As a client sends it back that was shown the list and adds one.
    const answer = await set(deployment, [
      { key: "TOKEN", value: "", isSecret: true },
      { key: "NEW", value: "1", isSecret: false },
    ]);
    expect(JSON.stringify(answer)).not.toContain("s3cret");
    expect((await rowOf(world, deployment))["environment_variables"]).toEqual([
      { key: "TOKEN", sealed: expect.not.stringContaining("s3cret"), isSecret: true },
      { key: "NEW", value: "1", isSecret: false },
    ]);
    expect((await secretsOf(world, deployment)).variables).toEqual({ TOKEN: "s3cret" });
    const shown = JSON.stringify(await readDeployment(world, admin, deployment));
    expect(shown).not.toContain("s3cret");
    expect(await set(deployment, [])).toEqual([]);
    expect((await rowOf(world, deployment))["environment_variables"]).toEqual([]);
  });

  test.each<[string, object[]]>([
    ["no key", [{ value: "s3cret" }]],
    ["a key that no shell takes", [{ key: "A-B", value: "s3cret" }]],
    [
      "a key twice",
      [
        { key: "A", value: "s3cret" },
        { key: "A", value: "s3cret" },
      ],
    ],
    ["a null character in a value", [{ key: "A", value: "s3cret\0" }]],
    ["a value beyond measure", [{ key: "A", value: "s3cret".padEnd(65_537) }]],
    ["1001 of them", Array.from({ length: 1_001 }, (_, index) => ({ key: `A${index}`, value: "s3cret" }))],
    ["half a surrogate pair in a value", [{ key: "A", value: "s3cret\ud800" }]],
  ])("refuses %s, naming the argument and not the value, and changes nothing", async (_name, variables) => {
    const { id, releaseName } = await rich();
    const refusal = await refusedWithoutTrace(SET_VARIABLES, {
      deploymentId: id,
      releaseName,
      environmentVariables: variables,
    });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "environmentVariables" } });
    expect(refusal.message).not.toContain("s3cret");
  });

  test.each([[null], [[null]], ["text"], [[{ key: 7 }]], [[{ name: "A" }]]])(
    "refuses %j as the list, naming the variable",
    async (variables) => {
      const { id, releaseName } = await rich();
      const refusal = await refusedWithoutTrace(SET_VARIABLES, {
        deploymentId: id,
        releaseName,
        environmentVariables: variables,
      });
      expect(refusal).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringContaining("$environmentVariables"),
      });
    },
  );

  test.each(["", "another"])("refuses the release name %j, which is not the Deployment's", async (releaseName) => {
    const { id } = await rich();
    const refusal = await refusedWithoutTrace(SET_VARIABLES, {
      deploymentId: id,
      releaseName,
      environmentVariables: [],
    });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "releaseName" } });
  });

  test("five lists at the same moment leave one of them, whole", async () => {
    const deployment = await createDeployment(world, admin);
    const lists = Array.from({ length: 5 }, (_, list) =>
      Array.from({ length: 20 }, (_, index) => ({ key: `A${index}`, value: `${list}`, isSecret: false })),
    );
    await Promise.all(lists.map((list) => set(deployment, list)));
    expect(lists).toContainEqual((await rowOf(world, deployment))["environment_variables"]);
  });

  test("a thousand of the longest names are taken", async () => {
    const deployment = await createDeployment(world, admin);
    const variables = Array.from({ length: 1_000 }, (_, index) => ({ key: `A${index}`.padEnd(190, "_"), value: "ü" }));
    expect(await set(deployment, variables)).toHaveLength(1_000);
  });
});
