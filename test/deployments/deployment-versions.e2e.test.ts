import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  rollBack,
  signUpAdmin,
  UPDATE_IMAGE,
} from "../builders/api";
import { readDeployment, SET_AIRFLOW, SET_RUNTIME, UPSERT } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({ env: { DEPLOYMENTS__UPSERT_DEPLOYMENT_ENABLED: "true" } });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const IMAGE = "registry.example.com/team/airflow:v1";

/** Of the newest revision, which is rolled out. */
async function versionsOf({ id }: { readonly id: string }): Promise<(string | null)[]> {
  const query =
    "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 1) { nodes { status runtimeVersion airflowVersion } } }";
  const [newest] = (await ask(world, query, { id }, admin)).deployRevisions.nodes;
  expect(newest.status).toBe("DEPLOYED");
  return [newest.runtimeVersion, newest.airflowVersion];
}

async function refusedWithoutTrace(query: string, variables: object) {
  const before = await fingerprint(world);
  const refusal = await askInVain(world, query, variables, admin);
  expect(await fingerprint(world)).toEqual(before);
  return refusal;
}

describe("blanks around a version are dropped", () => {
  test.each([
    ["createDeployment", { runtimeVersion: " 11.4.0\n" }, { runtimeVersion: "11.4.0" }],
    ["createDeployment without a Runtime", { airflowVersion: "\t2.4.3-6 " }, { airflowVersion: "2.4.3-6" }],
  ])("by %s", async (_name, given, kept) => {
    const deployment = await createDeployment(world, admin, given);
    expect(await readDeployment(world, admin, deployment)).toMatchObject(kept);
  });

  test("by updateDeploymentImage", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0\n" });
    expect(await versionsOf(deployment)).toEqual(["11.5.0", "2.9.2"]);
    expect(await readDeployment(world, admin, deployment)).toMatchObject({ runtimeVersion: "11.5.0" });
  });

  test("by upsertDeployment", async () => {
    const workspaceUuid = await createWorkspace(world, admin);
    const { upsertDeployment } = await ask(
      world,
      UPSERT,
      { workspaceUuid, label: "x", desiredRuntimeVersion: " 11.4.0 ", image: IMAGE, runtimeVersion: "11.4.0 " },
      admin,
    );
    expect(upsertDeployment).toMatchObject({ runtimeVersion: "11.4.0", desiredRuntimeVersion: "11.4.0" });
  });

  test("by updateDeploymentRuntime and updateDeploymentAirflow", async () => {
    const deployment = await createDeployment(world, admin);
    await ask(world, SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion: " 11.5.0\n" }, admin);
    expect(await readDeployment(world, admin, deployment)).toMatchObject({ desiredRuntimeVersion: "11.5.0" });
    const other = await createDeployment(world, admin, { airflowVersion: "2.3.4" });
    await ask(world, SET_AIRFLOW, { deploymentId: other.id, desiredAirflowVersion: " 2.4.3 " }, admin);
    expect(await readDeployment(world, admin, other)).toMatchObject({ desiredAirflowVersion: "2.4.3" });
  });
});

describe("NA and blanks count as not given", () => {
  test.each(["NA", " na ", "  "])("by updateDeploymentImage: %j", async (nothing) => {
    const deployment = await createDeployment(world, admin, { airflowVersion: "2.4.3" });
    await deployImage(world, admin, deployment, { runtimeVersion: nothing, airflowVersion: "2.4.3" });
    expect(await versionsOf(deployment)).toEqual([null, "2.4.3"]);
    await deployImage(world, admin, deployment, { runtimeVersion: nothing, airflowVersion: nothing });
    expect(await versionsOf(deployment)).toEqual([null, "2.4.3"]);
  });

  test("by createDeployment and upsertDeployment", async () => {
    const created = await createDeployment(world, admin, { airflowVersion: "2.4.3", runtimeVersion: "NA" });
    expect(await readDeployment(world, admin, created)).toMatchObject({
      runtimeVersion: null,
      airflowVersion: "2.4.3",
    });
    const { upsertDeployment } = await ask(
      world,
      UPSERT,
      { deploymentUuid: created.id, desiredRuntimeVersion: "NA", image: IMAGE, runtimeVersion: "NA" },
      admin,
    );
    expect(upsertDeployment).toMatchObject({ runtimeVersion: null, airflowVersion: "2.4.3" });
  });

  test("but not by updateDeploymentRuntime, which has to be told one", async () => {
    const { id } = await createDeployment(world, admin);
    const refusal = await refusedWithoutTrace(SET_RUNTIME, { deploymentId: id, desiredRuntimeVersion: "NA" });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT" });
  });
});

test("a distribution of the Runtime that runs is a deploy, and can be rolled back to", async () => {
  const deployment = await createDeployment(world, admin);
  const first = await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0-ubi9" });
  expect(await versionsOf(deployment)).toEqual(["11.4.0-ubi9", "2.9.1"]);
  await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0" });
  await rollBack(world, admin, deployment.id, first.id);
  expect(await versionsOf(deployment)).toEqual(["11.4.0-ubi9", "2.9.1"]);
});

test("an image whose label cannot tell the hotfix is a deploy", async () => {
  const deployment = await createDeployment(world, admin, { airflowVersion: "2.4.3-6" });
  await deployImage(world, admin, deployment, { airflowVersion: "2.4.3" });
  expect(await versionsOf(deployment)).toEqual([null, "2.4.3"]);
});

test("a hotfix that was asked for comes with an image whose label cannot tell it", async () => {
  const deployment = await createDeployment(world, admin, { airflowVersion: "2.3.4" });
  await ask(world, SET_AIRFLOW, { deploymentId: deployment.id, desiredAirflowVersion: "2.4.3-6" }, admin);
  await deployImage(world, admin, deployment, { airflowVersion: "2.4.3" });
  expect(await readDeployment(world, admin, deployment)).toMatchObject({
    airflowVersion: "2.4.3",
    desiredAirflowVersion: "2.4.3",
  });
});

describe("a Deployment that has never run anything", () => {
  test.each([
    [{ runtimeVersion: "13.11.0" }, { runtimeVersion: "11.5.0" }, ["11.5.0", "2.9.2"]],
    [{ runtimeVersion: "3.0-1" }, { runtimeVersion: "13.0.0" }, ["13.0.0", "2.11.0"]],
    [{ airflowVersion: "2.4.3-6" }, { airflowVersion: "2.3.4" }, [null, "2.3.4"]],
  ])("of %j takes an older image, %j", async (made, image, runs) => {
    const deployment = await createDeployment(world, admin, made);
    await deployImage(world, admin, deployment, image);
    expect(await versionsOf(deployment)).toEqual(runs);
    const [runtimeVersion, airflowVersion] = runs;
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      runtimeVersion,
      desiredRuntimeVersion: runtimeVersion,
      ...(runtimeVersion === null && { airflowVersion }),
    });
  });

  test("takes an older version by updateDeploymentRuntime, which the next image brings", async () => {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "13.11.0" });
    await ask(world, SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion: "11.5.0" }, admin);
    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      runtimeVersion: "11.5.0",
      desiredRuntimeVersion: "11.5.0",
    });
  });

  test("refuses to go below what is being rolled out, and names no rollback", async () => {
    const deployment = await createDeployment(world, admin);
    const { releaseName } = deployment;
    await deployImage(world, admin, deployment, { rollOut: false });
    const refusal = await refusedWithoutTrace(UPDATE_IMAGE, { releaseName, image: IMAGE, runtimeVersion: "11.3.0" });
    expect(refusal).toMatchObject({ code: "DOWNGRADE_REFUSED" });
    expect(refusal.message).not.toContain("roll back");
  });

  test("that has run one does not, either way", async () => {
    const deployment = await createDeployment(world, admin);
    const { releaseName, id } = deployment;
    await deployImage(world, admin, deployment);
    for (const [query, variables] of [
      [UPDATE_IMAGE, { releaseName, image: IMAGE, runtimeVersion: "11.3.0" }],
      [SET_RUNTIME, { deploymentId: id, desiredRuntimeVersion: "11.3.0" }],
    ] as const) {
      expect(await refusedWithoutTrace(query, variables)).toMatchObject({
        code: "DOWNGRADE_REFUSED",
        message: expect.stringContaining("roll back to an earlier deploy"),
      });
    }
  });
});

describe("an image that nothing can pull is refused", () => {
  test.each([
    ["a long repository", `registry.example.com/${"a/".repeat(130)}b:v1`],
    ["a port that is none", "registry.example.com:99999/airflow:v1"],
  ])("%s", async (_name, image) => {
    const { id, releaseName } = await createDeployment(world, admin);
    for (const [query, variables] of [
      [UPDATE_IMAGE, { releaseName, image }],
      [UPSERT, { deploymentUuid: id, image }],
    ] as const) {
      expect(await refusedWithoutTrace(query, variables)).toMatchObject({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^image: names/),
      });
    }
  });
});

describe("a version of a major that does not exist", () => {
  const CREATE_IN = `mutation ($workspaceUuid: Uuid!, $runtimeVersion: String, $airflowVersion: String) {
    createDeployment(workspaceUuid: $workspaceUuid, label: "x", runtimeVersion: $runtimeVersion, airflowVersion: $airflowVersion) { id } }`;

  test.each([
    [{ runtimeVersion: "111.5.0" }, "there is no Runtime 111; known are 3 to 13"],
    [{ airflowVersion: "9.9.9" }, "there is no Airflow 9; known are 2 to 3"],
  ])("is refused: %j", async (versions, reason) => {
    const workspaceUuid = await createWorkspace(world, admin);
    const { id, releaseName } = await createDeployment(world, admin);
    for (const [query, variables] of [
      [CREATE_IN, { workspaceUuid, ...versions }],
      [UPDATE_IMAGE, { releaseName, image: IMAGE, ...versions }],
      [UPSERT, { deploymentUuid: id, image: IMAGE, ...versions }],
    ] as const) {
      const refusal = await refusedWithoutTrace(query, variables);
      expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringContaining(reason) });
      expect(refusal.message).toContain("deployments.allowUnknownRuntimeVersions");
    }
  });

  test("is taken where the installation allows it", async () => {
    const other = await startTestApp({
      database: world.database,
      env: { DEPLOYMENTS__ALLOW_UNKNOWN_RUNTIME_VERSIONS: "true" },
    });
    try {
      const deployment = await createDeployment(other, admin, { runtimeVersion: "111.5.0" });
      expect(await readDeployment(other, admin, deployment)).toMatchObject({ runtimeVersion: "111.5.0" });
    } finally {
      await other.close();
    }
  });
});

describe("a version that the catalogue lacks is taken, and the log warns", () => {
  const logOf = async (deployment: { readonly id: string }): Promise<string[]> => {
    const query = `query ($id: Uuid!) { logs(deploymentUuid: $id, component: "deploy-rollback", search: "not in the catalogue") { message } }`;
    return (await ask(world, query, { id: deployment.id }, admin)).logs.map(
      ({ message }: { message: string }) => message,
    );
  };

  test("of a new Deployment", async () => {
    const unknown = await createDeployment(world, admin, { runtimeVersion: "14.0.0" });
    expect(await logOf(unknown)).toEqual([
      expect.stringMatching(/ created the Deployment with Runtime 14\.0\.0, which is not in the catalogue$/),
    ]);
    expect(await logOf(await createDeployment(world, admin))).toEqual([]);
  });

  test("of a deploy", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment, { runtimeVersion: "11.99.0" });
    await deployImage(world, admin, deployment);
    expect(await logOf(deployment)).toEqual([
      expect.stringContaining("(Runtime 11.99.0, which is not in the catalogue)"),
    ]);
  });
});
