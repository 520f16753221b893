import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  finish,
  headOf,
  signUpAdmin,
  uniqueName,
  type Refusal,
} from "../builders/api";
import { readDeployment, rowOf, secretsOf, UPSERT } from "../builders/deployment-operations";
import { fingerprint, fingerprintUnaudited } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
let workspaceUuid: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  workspaceUuid = await createWorkspace(world, admin);
});
afterAll(() => world.close());

const upsert = async (variables: object) => (await ask(world, UPSERT, variables, admin)).upsertDeployment;

async function refusedWithoutTrace(variables: object): Promise<Refusal> {
  const before = await fingerprint(world);
  const refusal = await askInVain(world, UPSERT, variables, admin);
  expect(await fingerprint(world)).toEqual(before);
  return refusal;
}

const VARIABLES = [
  { key: "TOKEN", value: "s3cret", isSecret: true },
  { key: "MODE", value: "fast" },
];
const SHOWN = [
  { key: "TOKEN", value: "", isSecret: true },
  { key: "MODE", value: "fast", isSecret: false },
];

describe("upsertDeployment without an id", () => {
  test("creates one with everything that was given, and shows the variables that it wrote but no secret", async () => {
    const releaseName = uniqueName("upserted");
    const created = await upsert({
      workspaceUuid,
      deploymentUuid: "",
      label: "Sales",
      description: "what it is for",
      releaseName,
      namespace: "",
      environmentVariables: VARIABLES,
      dockerconfigjson: { auths: { "registry.example.com": { auth: "s3cret" } } },
      version: "",
      airflowVersion: "",
      runtimeVersion: "11.4.0",
      executor: "KubernetesExecutor",
      workers: {},
      webserver: { resources: { limits: { cpu: 500, memory: 1024 } } },
      scheduler: { replicas: 2 },
      triggerer: { replicas: 0 },
      dagDeployment: { type: "dag_deploy" },
      properties: { owner: "sales" },
      cloudRole: "role",
      astroUnitsEnabled: false,
    });
    expect(created).toMatchObject({
      label: "Sales",
      description: "what it is for",
      releaseName,
      runtimeVersion: "11.4.0",
      airflowVersion: null,
      properties: { owner: "sales" },
      dagDeployment: { type: "dag_deploy" },
      upsertedEnvironmentVariables: SHOWN,
      deployInfo: { current: null, nextCli: "deploy-1" },
    });
    expect(JSON.stringify(created)).not.toContain("s3cret");
    expect(await rowOf(world, created)).toMatchObject({
      executor: "KubernetesExecutor",
      cloud_role: "role",
      components: {
        webserver: { resources: { limits: { cpu: 500, memory: 1024 } } },
        scheduler: { replicas: 2 },
        triggerer: { replicas: 0 },
      },
      last_revision_number: 0,
    });
    expect(await secretsOf(world, created)).toEqual({
      variables: { TOKEN: "s3cret" },
      sshKey: null,
      dockerConfigJson: { auths: { "registry.example.com": { auth: "s3cret" } } },
    });
    expect(await readDeployment(world, admin, created)).toEqual({ ...created, upsertedEnvironmentVariables: null });
  });

  test("with an image deploys it at once, in one line of the history", async () => {
    const created = await upsert({
      workspaceUuid,
      label: "Sales",
      image: "registry.example.com/app:one",
      runtimeVersion: "11.4.0",
    });
    expect(created).toMatchObject({
      status: "deploying",
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.4.0",
      deployInfo: { nextCli: "deploy-2" },
    });
    const head = await headOf(world, created.id);
    expect(head).toMatchObject({ number: 1, status: "INITIALIZED" });
    await finish(world, head.id);
    expect(await readDeployment(world, admin, created)).toMatchObject({
      status: "active",
      image: "registry.example.com/app:one",
      deployInfo: { current: "one" },
    });
  });

  test.each<[string, object, object]>([
    ["alone is the one that it starts with", {}, { runtimeVersion: "11.4.0", desiredRuntimeVersion: "11.4.0" }],
    [
      "the same as it starts with is not waited for",
      { runtimeVersion: "11.4.0" },
      { runtimeVersion: "11.4.0", desiredRuntimeVersion: "11.4.0" },
    ],
    [
      "beside another is waited for",
      { runtimeVersion: "11.3.0" },
      { runtimeVersion: "11.3.0", desiredRuntimeVersion: "11.4.0" },
    ],
    [
      "beside an Airflow is what that is to move to",
      { airflowVersion: "2.9.1" },
      { airflowVersion: "2.9.1", runtimeVersion: null, desiredRuntimeVersion: "11.4.0" },
    ],
  ])("a Runtime that is desired %s", async (_name, versions, expected) => {
    const created = await upsert({ workspaceUuid, label: "Sales", desiredRuntimeVersion: "11.4.0", ...versions });
    expect(created).toMatchObject(expected);
    expect(await readDeployment(world, admin, created)).toMatchObject(expected);
  });

  test.each<[string, object, string]>([
    ["older than the one that it starts with", { runtimeVersion: "11.5.0" }, "DOWNGRADE_REFUSED"],
    ["that holds another Airflow than it starts with", { airflowVersion: "2.4.3" }, "BAD_USER_INPUT"],
    ["that does not exist", { desiredRuntimeVersion: "newest" }, "BAD_USER_INPUT"],
  ])("refuses a desired Runtime %s, and creates nothing", async (_name, versions, code) => {
    expect(
      (await refusedWithoutTrace({ workspaceUuid, label: "New", desiredRuntimeVersion: "11.4.0", ...versions })).code,
    ).toBe(code);
  });

  test("and without variables shows that it wrote none", async () => {
    expect((await upsert({ workspaceUuid, label: "Sales" })).upsertedEnvironmentVariables).toBeNull();
    expect(
      (await upsert({ workspaceUuid, label: "Sales", environmentVariables: [] })).upsertedEnvironmentVariables,
    ).toEqual([]);
  });

  test.each([
    ["neither Workspace nor Deployment", { workspaceUuid: "", deploymentUuid: "", label: "New" }, "workspaceUuid"],
    ["no label", {}, "label"],
    ["an empty label", { label: "" }, "label"],
    ["a malformed release name", { label: "New", releaseName: "No Name" }, "releaseName"],
    ["a list as properties", { label: "New", properties: [] }, "properties"],
    ["text as registry credentials", { label: "New", dockerconfigjson: "{}" }, "dockerconfigjson"],
    [
      "registry credentials beyond measure",
      { label: "New", dockerconfigjson: { a: "x".repeat(100_000) } },
      "dockerconfigjson",
    ],
    ["fewer than no schedulers", { label: "New", scheduler: { replicas: -1 } }, "scheduler.replicas"],
    [
      "a grace period of less than nothing",
      { label: "New", workers: { terminationGracePeriodSeconds: -1 } },
      "workers.terminationGracePeriodSeconds",
    ],
    [
      "less than no memory",
      { label: "New", workers: { resources: { limits: { memory: -1 } } } },
      expect.stringContaining("workers"),
    ],
    ["a variable without a name", { label: "New", environmentVariables: [{ value: "x" }] }, "environmentVariables"],
  ])("refuses %s, naming the argument, and creates nothing", async (_name, variables, argument) => {
    const refusal = await refusedWithoutTrace({ workspaceUuid, image: "registry.example.com/app:one", ...variables });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test.each<[string, object]>([
    ["properties", { properties: { a: ["a\0b"] } }],
    ["registry credentials", { dockerconfigjson: { "a\0b": {} } }],
    ["description", { description: "a\0b" }],
  ])("refuses a null character in the %s, and creates nothing", async (_name, variables) => {
    expect((await refusedWithoutTrace({ workspaceUuid, label: "New", ...variables })).code).toBe("BAD_USER_INPUT");
  });

  test("five times at once with one release name works once, history and all", async () => {
    const releaseName = uniqueName("wanted");
    const variables = { workspaceUuid, label: "New", releaseName, image: "registry.example.com/app:one" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => world.send(UPSERT, variables, admin)));
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK").sort()).toEqual([
      ...Array<string>(4).fill("CONFLICT"),
      "OK",
    ]);
    const [winner] = answers.filter(({ errors }) => errors === undefined);
    expect((await headOf(world, winner?.data.upsertDeployment.id)).number).toBe(1);
  });
});

describe("upsertDeployment with an id", () => {
  test.each([
    ["nothing else", {}],
    [
      "everything empty",
      {
        label: "",
        releaseName: "",
        namespace: "",
        cloudRole: "",
        workers: {},
        webserver: {},
        scheduler: {},
        triggerer: {},
        dagDeployment: {},
        image: "",
        version: "",
      },
    ],
    [
      "everything null",
      {
        label: null,
        description: null,
        environmentVariables: null,
        properties: null,
        dockerconfigjson: null,
        executor: null,
        workers: null,
      },
    ],
    ["another release name, which never changes", { releaseName: "other", namespace: "other" }],
  ])("and %s changes nothing", async (_name, variables) => {
    const created = await upsert({
      workspaceUuid,
      label: "Sales",
      description: "kept",
      environmentVariables: VARIABLES,
      workers: { replicas: 3 },
      properties: { a: 1 },
    });
    const before = await fingerprintUnaudited(world);
    expect(await upsert({ deploymentUuid: created.id, ...variables })).toEqual({
      ...created,
      upsertedEnvironmentVariables: null,
    });
    expect(await fingerprintUnaudited(world)).toEqual(before);
  });

  test("changes what is given and keeps the rest", async () => {
    const created = await upsert({
      workspaceUuid,
      label: "Sales",
      environmentVariables: VARIABLES,
      workers: { replicas: 3 },
      properties: { a: 1 },
      runtimeVersion: "11.4.0",
    });
    const changed = await upsert({
      deploymentUuid: created.id,
      label: "Sold",
      environmentVariables: [null, { key: "TOKEN", isSecret: true }, null],
      scheduler: { replicas: 2 },
      properties: { b: 2 },
      desiredRuntimeVersion: "11.5.0",
    });
    expect(changed).toMatchObject({
      label: "Sold",
      properties: { b: 2 },
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.5.0",
      upsertedEnvironmentVariables: [{ key: "TOKEN", value: "", isSecret: true }],
    });
    expect(await rowOf(world, created)).toMatchObject({
      components: { workers: { replicas: 3 }, scheduler: { replicas: 2 } },
      environment_variables: [{ key: "TOKEN", sealed: expect.any(String), isSecret: true }],
      last_revision_number: 0,
    });
    expect((await secretsOf(world, created)).variables).toEqual({ TOKEN: "s3cret" });
  });

  test("and one part of a component keeps its other parts", async () => {
    const resources = { limits: { cpu: 500, memory: 1024 } };
    const created = await upsert({ workspaceUuid, label: "Sales", workers: { replicas: 3, resources } });
    await upsert({ deploymentUuid: created.id, workers: { replicas: 4 } });
    expect((await rowOf(world, created))["components"]).toEqual({ workers: { replicas: 4, resources } });
  });

  test("takes settings and image together: the deploy is made with the mechanism that was just chosen", async () => {
    const deployment = await createDeployment(world, admin);
    await upsert({
      deploymentUuid: deployment.id,
      dagDeployment: { type: "dag_deploy" },
      image: "registry.example.com/app:one",
      runtimeVersion: "11.5.0",
    });
    const { nodes } = (
      await ask(
        world,
        "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { number type trigger runtimeVersion } } }",
        { id: deployment.id },
        admin,
      )
    ).deployRevisions;
    expect(nodes).toEqual([{ number: 1, type: "IMAGE_ONLY", trigger: "UPSERT", runtimeVersion: "11.5.0" }]);
  });
});

test("upsertDeployment says which setting turns it on where it is off", async () => {
  const off = await startTestApp({
    database: world.database,
    env: { DEPLOYMENTS__UPSERT_DEPLOYMENT_ENABLED: "false" },
  });
  try {
    const { id } = await createDeployment(world, admin);
    const before = await fingerprint(world);
    for (const variables of [
      { deploymentUuid: id, label: "Changed" },
      { workspaceUuid, label: "New" },
    ]) {
      expect(await askInVain(off, UPSERT, variables, admin)).toMatchObject({
        code: "FEATURE_DISABLED",
        extensions: { setting: "astronomer.houston.config.deployments.upsertDeploymentEnabled" },
      });
    }
    expect(await fingerprint(world)).toEqual(before);
  } finally {
    await off.close();
  }
});
