import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  signUpAdmin,
  userWith,
  type Refusal,
} from "../builders/api";
import { readDeployment, rowOf, SET_VARIABLES, UPDATE, UPSERT } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const VARIABLES =
  "query ($id: Uuid!, $releaseName: String) { deploymentVariables(deploymentUuid: $id, releaseName: $releaseName) { key value isSecret } }";
/** As in the platform's public documentation, which gives the executor in no other way. */
const CREATE = `mutation CreateDeployment($workspaceUuid: Uuid!, $config: JSON, $astroUnitsEnabled: Boolean) {
  createDeployment(workspaceUuid: $workspaceUuid, type: "airflow", label: "New", config: $config, astroUnitsEnabled: $astroUnitsEnabled) {
    id config releaseName workspace { label } urls { type } } }`;

let world: TestApp;
let admin: string;
let workspaceUuid: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  workspaceUuid = await createWorkspace(world, admin);
});
afterAll(() => world.close());

const create = async (variables: object) =>
  (await ask(world, CREATE, { workspaceUuid, ...variables }, admin)).createDeployment;
const upsert = async (variables: object) => (await ask(world, UPSERT, variables, admin)).upsertDeployment;

async function refusedWithoutTrace(query: string, variables: object, at = world): Promise<Refusal> {
  const before = await fingerprint(world);
  const refusal = await askInVain(at, query, variables, admin);
  expect(await fingerprint(world)).toEqual(before);
  return refusal;
}

describe("the configuration of a new Deployment", () => {
  test("sets its executor and components, keeps the rest, and is answered", async () => {
    const config = {
      executor: "KubernetesExecutor",
      workers: { replicas: 2 },
      scheduler: { resources: { limits: { cpu: 500, memory: 1920 } } },
      colour: "red",
    };
    const created = await create({ config });
    expect(created).toMatchObject({ config, urls: [{ type: "airflow" }] });
    const { workers, scheduler } = config;
    expect(await rowOf(world, created)).toMatchObject({
      executor: "KubernetesExecutor",
      components: { workers, scheduler },
      config: { colour: "red" },
    });
    const { runtimeVersion } = await readDeployment(world, admin, created);
    await deployImage(world, admin, created, { runtimeVersion });
    await upsert({ deploymentUuid: created.id, executor: "LocalExecutor", workers: { replicas: 3 } });
    expect((await readDeployment(world, admin, created)).config).toMatchObject({
      executor: "LocalExecutor",
      workers: { replicas: 3 },
      colour: "red",
    });
  });

  test.each<[string, object, string]>([
    ["an executor that is none", { executor: "SequentialExecutor" }, "config.executor"],
    ["text for a component", { workers: "many" }, "config.workers"],
    ["text for a number", { scheduler: { replicas: "2" } }, "config.scheduler.replicas"],
    ["more than is allowed", { scheduler: { replicas: 5 } }, "scheduler.replicas"],
  ])("with %s is refused, naming what is wrong", async (_name, config, argument) => {
    expect(await refusedWithoutTrace(CREATE, { workspaceUuid, config })).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument },
    });
  });
});

describe("limits", () => {
  test.each<[string, object, string]>([
    ["too many workers", { workers: { replicas: 21 } }, "workers.replicas"],
    [
      "too long a grace period",
      { workers: { terminationGracePeriodSeconds: 36_001 } },
      "workers.terminationGracePeriodSeconds",
    ],
    [
      "too much memory",
      { webserver: { resources: { limits: { memory: 38_401 } } } },
      "webserver.resources.limits.memory",
    ],
    [
      "more asked for than is the limit",
      { scheduler: { resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } } },
      "scheduler.resources.requests.cpu",
    ],
    ["too much extra capacity", { properties: { extra_au: 401 } }, "properties.extra_au"],
  ])("refuse %s, whether a Deployment is made or changed", async (_name, settings, argument) => {
    const { id } = await createDeployment(world, admin);
    for (const target of [{ deploymentUuid: id }, { workspaceUuid, label: "New" }]) {
      expect(await refusedWithoutTrace(UPSERT, { ...target, ...settings })).toMatchObject({
        code: "BAD_USER_INPUT",
        extensions: { argument },
      });
    }
  });

  test("count what stays from before: a limit below the present request is refused", async () => {
    const { id } = await upsert({ workspaceUuid, label: "New", workers: { resources: { requests: { cpu: 500 } } } });
    const refusal = await refusedWithoutTrace(UPSERT, {
      deploymentUuid: id,
      workers: { resources: { limits: { cpu: 400 } } },
    });
    expect(refusal.extensions["argument"]).toBe("workers.resources.requests.cpu");
  });

  test("come from the configuration, and lowering them holds up nobody who changes something else", async () => {
    const components = JSON.stringify([
      { name: "workers", au: { limit: 2, default: 1 }, extra: [{ name: "replicas", default: 1, limit: 2 }] },
      { name: "statsd" },
    ]);
    const { id } = await upsert({ workspaceUuid, label: "New", workers: { replicas: 10 } });
    const strict = await startTestApp({
      database: world.database,
      env: { DEPLOYMENTS__COMPONENTS: components, DEPLOYMENTS__TRIGGERER_ENABLED: "false" },
    });
    try {
      await ask(strict, UPSERT, { deploymentUuid: id, label: "Renamed", scheduler: { replicas: 4 } }, admin);
      expect(
        (await refusedWithoutTrace(UPSERT, { deploymentUuid: id, workers: { replicas: 3 } }, strict)).extensions[
          "argument"
        ],
      ).toBe("workers.replicas");
      const triggerer = await refusedWithoutTrace(
        UPDATE,
        { deploymentId: id, payload: {}, triggererReplicas: 1 },
        strict,
      );
      expect(triggerer).toMatchObject({
        extensions: { argument: "triggerer" },
        message: expect.stringContaining("deployments.triggererEnabled"),
      });
      // As the command-line client calls it, which always passes a triggerer.
      await ask(
        strict,
        UPDATE,
        { deploymentId: id, payload: { label: "Again" }, cloudRole: "", dagDeployment: {} },
        admin,
      );
    } finally {
      await strict.close();
    }
  });
});

describe("Astro units", () => {
  const units = (count: number): object => ({
    resources: {
      limits: { cpu: 100 * count, memory: 384 * count },
      requests: { cpu: 100 * count, memory: 384 * count },
    },
  });
  const uneven = { resources: { limits: { cpu: 100, memory: 1000 } } };

  test("hold for a Deployment from then on, until it is told otherwise", async () => {
    const created = await create({ astroUnitsEnabled: true, config: { workers: units(2) } });
    expect(created.config).toMatchObject({ astroUnitsEnabled: true });
    const { id: deploymentUuid } = created;
    await upsert({ deploymentUuid, scheduler: units(5) });
    expect((await refusedWithoutTrace(UPSERT, { deploymentUuid, webserver: uneven })).extensions["argument"]).toBe(
      "webserver.resources.limits",
    );
    await upsert({ deploymentUuid, astroUnitsEnabled: false, webserver: uneven });
    expect(
      (await refusedWithoutTrace(UPSERT, { deploymentUuid, astroUnitsEnabled: true })).extensions["argument"],
    ).toBe("webserver.resources.limits");
  });

  test("are refused for a new Deployment that does not keep to them, and where the installation has none", async () => {
    const variables = { workspaceUuid, astroUnitsEnabled: true };
    expect(
      (await refusedWithoutTrace(CREATE, { ...variables, config: { workers: uneven } })).extensions["argument"],
    ).toBe("workers.resources.limits");
    const without = await startTestApp({
      database: world.database,
      env: { DEPLOYMENTS__RESOURCE_PROVISIONING_STRATEGY__ASTRO_UNITS_ENABLED: "false" },
    });
    try {
      expect((await refusedWithoutTrace(CREATE, variables, without)).extensions["argument"]).toBe("astroUnitsEnabled");
    } finally {
      await without.close();
    }
  });
});

describe("deploymentVariables", () => {
  const environmentVariables = [
    { key: "TOKEN", value: "s3cret", isSecret: true },
    { key: "MODE", value: "fast", isSecret: false },
  ];

  test("answers what updateDeploymentVariables takes back, without secrets", async () => {
    const { id, releaseName } = await createDeployment(world, admin);
    await ask(world, SET_VARIABLES, { deploymentId: id, releaseName, environmentVariables }, admin);
    const { deploymentVariables } = await ask(world, VARIABLES, { id, releaseName }, admin);
    expect(deploymentVariables).toEqual([
      { key: "TOKEN", value: "", isSecret: true },
      { key: "MODE", value: "fast", isSecret: false },
    ]);
    const before = (await rowOf(world, { id }))["environment_variables"];
    await ask(
      world,
      SET_VARIABLES,
      { deploymentId: id, releaseName, environmentVariables: deploymentVariables },
      admin,
    );
    expect((await rowOf(world, { id }))["environment_variables"]).toEqual(before);
  });

  test("does not know a Deployment by another release name", async () => {
    const { id } = await createDeployment(world, admin);
    expect(await askInVain(world, VARIABLES, { id, releaseName: "other" }, admin)).toMatchObject({
      code: "NOT_FOUND",
      message: "Deployment not found",
    });
    expect((await ask(world, VARIABLES, { id, releaseName: "" }, admin)).deploymentVariables).toEqual([]);
  });

  test("takes a permission of its own to change, by whichever mutation", async () => {
    const roles = JSON.stringify({ DEPLOYMENT_EDITOR: { permissions: { "deployment.variables.update": false } } });
    const strict = await startTestApp({ database: world.database, env: { ROLES: roles } });
    try {
      const { id, releaseName } = await createDeployment(world, admin);
      const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: id });
      const before = await fingerprint(world);
      expect(
        (await askInVain(strict, UPSERT, { deploymentUuid: id, label: "Renamed", environmentVariables }, editor.token))
          .code,
      ).toBe("FORBIDDEN");
      expect(
        (await askInVain(strict, SET_VARIABLES, { deploymentId: id, releaseName, environmentVariables }, editor.token))
          .code,
      ).toBe("FORBIDDEN");
      expect(await fingerprint(world)).toEqual(before);
      await ask(strict, UPSERT, { deploymentUuid: id, label: "Renamed" }, editor.token);
    } finally {
      await strict.close();
    }
  });
});
