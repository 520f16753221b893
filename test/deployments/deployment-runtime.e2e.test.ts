import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  headOf,
  finish,
  signUpAdmin,
  UPDATE_IMAGE,
  type BuiltDeployment,
  type Refusal,
} from "../builders/api";
import { CANCEL_RUNTIME, readDeployment, SET_RUNTIME } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const desire = async ({ id }: BuiltDeployment, desiredRuntimeVersion: string) =>
  (await ask(world, SET_RUNTIME, { deploymentId: id, desiredRuntimeVersion }, admin)).updateDeploymentRuntime;
const cancel = async ({ id }: BuiltDeployment) =>
  (await ask(world, CANCEL_RUNTIME, { deploymentId: id }, admin)).cancelRuntimeUpdate;

async function refusedWithoutTrace(query: string, variables: object): Promise<Refusal> {
  const before = await fingerprint(world);
  const refusal = await askInVain(world, query, variables, admin);
  expect(await fingerprint(world)).toEqual(before);
  return refusal;
}

describe("updateDeploymentRuntime", () => {
  test("makes the Deployment wait for a version, which comes with the next image that holds it", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment, { image: "registry.example.com/app:one" });
    const asked = await desire(deployment, "11.5.0");
    expect(asked).toMatchObject({
      runtimeVersion: "11.4.0",
      runtimeAirflowVersion: "2.9.1",
      desiredRuntimeVersion: "11.5.0",
      airflowVersion: null,
      desiredAirflowVersion: null,
    });
    expect(await readDeployment(world, admin, deployment)).toEqual(asked);
    expect((await headOf(world, deployment.id)).id).toBe(first.id);

    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      runtimeVersion: "11.5.0",
      desiredRuntimeVersion: "11.5.0",
    });
  });

  test("to what runs already leaves nothing to wait for", async () => {
    const deployment = await createDeployment(world, admin);
    await desire(deployment, "11.5.0");
    expect(await desire(deployment, "11.4.0")).toMatchObject({
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.4.0",
    });
  });

  test("twice, or to another version, is as the last one says", async () => {
    const deployment = await createDeployment(world, admin);
    for (const version of ["11.5.0", "11.5.0", "12.0.0", "11.6.0"]) {
      expect((await desire(deployment, version)).desiredRuntimeVersion).toBe(version);
    }
    expect((await readDeployment(world, admin, deployment)).desiredRuntimeVersion).toBe("11.6.0");
  });

  test("moves an Airflow Deployment to a Runtime with the same Airflow", async () => {
    const deployment = await createDeployment(world, admin, { airflowVersion: "2.3.4" });
    const version = "5.0.8";
    expect(await desire(deployment, version)).toMatchObject({
      airflowVersion: "2.3.4",
      desiredAirflowVersion: "2.3.4",
      runtimeVersion: null,
      desiredRuntimeVersion: version,
    });
    await deployImage(world, admin, deployment, { runtimeVersion: version });
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      airflowVersion: null,
      desiredAirflowVersion: null,
      runtimeVersion: version,
      desiredRuntimeVersion: version,
      runtimeAirflowVersion: "2.3.4",
    });
  });

  test.each([
    ["nothing", ""],
    ["a word", "latest"],
    ["half a version", "11.5"],
    ["a null character", "11.5.0\0"],
    ["a version beyond measure", `11.5.${"0".repeat(100_000)}`],
    ["one that no catalogue knows", "11.99.0"],
    ["one that is too old to run here", "4.2.4"],
  ])("refuses %s, naming the argument, and changes nothing", async (_name, desiredRuntimeVersion) => {
    const { id } = await createDeployment(world, admin);
    const refusal = await refusedWithoutTrace(SET_RUNTIME, { deploymentId: id, desiredRuntimeVersion });
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "desiredRuntimeVersion" } });
  });

  test.each([
    ["11.4.0", "11.3.0"],
    ["11.4.0", "9.10.0"],
    ["3.0-1", "13.0.0"],
  ])("refuses the way down from %s to %s", async (runtimeVersion, desiredRuntimeVersion) => {
    const deployment = await createDeployment(world, admin, { runtimeVersion });
    await deployImage(world, admin, deployment);
    const refusal = await refusedWithoutTrace(SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion });
    expect(refusal).toMatchObject({
      code: "DOWNGRADE_REFUSED",
      message: expect.stringContaining("roll back to an earlier deploy"),
    });
  });

  test("refuses a move to a Runtime that would bring another Airflow along", async () => {
    const { id } = await createDeployment(world, admin, { airflowVersion: "2.3.4" });
    const refusal = await refusedWithoutTrace(SET_RUNTIME, { deploymentId: id, desiredRuntimeVersion: "11.4.0" });
    expect(refusal).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument: "desiredRuntimeVersion" },
      message: expect.stringContaining("2.3.4"),
    });
  });
});

describe("cancelRuntimeUpdate", () => {
  test("takes the wish back, and does no harm where there is none", async () => {
    const deployment = await createDeployment(world, admin);
    await desire(deployment, "11.5.0");
    for (let time = 0; time < 2; time++) {
      expect(await cancel(deployment)).toMatchObject({ runtimeVersion: "11.4.0", desiredRuntimeVersion: "11.4.0" });
    }
    expect((await readDeployment(world, admin, deployment)).desiredRuntimeVersion).toBe("11.4.0");
  });

  test("leaves an Airflow Deployment what it is", async () => {
    const deployment = await createDeployment(world, admin, { airflowVersion: "2.3.4" });
    await desire(deployment, "5.0.8");
    expect(await cancel(deployment)).toMatchObject({
      airflowVersion: "2.3.4",
      runtimeVersion: null,
      desiredRuntimeVersion: null,
    });
  });
});

describe("updateDeploymentImage", () => {
  const deploy = async ({ releaseName }: BuiltDeployment, variables: object) =>
    ask(world, UPDATE_IMAGE, { releaseName, ...variables }, admin);
  const line = async ({ id }: BuiltDeployment) =>
    (
      await ask(
        world,
        `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 1) { nodes {
         number type trigger status description image imageTag runtimeVersion airflowVersion } } }`,
        { id },
        admin,
      )
    ).deployRevisions.nodes[0];

  test("as the command-line client calls it for an image without labels records what runs", async () => {
    const deployment = await createDeployment(world, admin);
    const image = `registry.example.com/astro:${deployment.releaseName}-deploy-2024-07-15T09-30`;
    const { updateDeploymentImage } = await deploy(deployment, { image, airflowVersion: "", runtimeVersion: "" });
    expect(updateDeploymentImage).toEqual({ id: deployment.id });
    expect(await line(deployment)).toEqual({
      number: 1,
      type: "IMAGE_AND_DAG",
      trigger: "IMAGE_ENDPOINT",
      status: "INITIALIZED",
      description: null,
      image,
      imageTag: `${deployment.releaseName}-deploy-2024-07-15T09-30`,
      runtimeVersion: "11.4.0",
      airflowVersion: "2.9.1",
    });
  });

  test("with a newer Runtime runs it once the rollout is done, and not before", async () => {
    const deployment = await createDeployment(world, admin);
    await deploy(deployment, { image: "app:one", runtimeVersion: "11.5.0" });
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.5.0",
      status: "deploying",
    });
    await finish(world, (await headOf(world, deployment.id)).id);
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      runtimeVersion: "11.5.0",
      desiredRuntimeVersion: "11.5.0",
      status: "active",
    });
  });

  test.each([
    ["a tag", "registry.example.com:5000/team/app:v1", "registry.example.com:5000/team/app:v1", "v1"],
    ["neither tag nor digest", "app", "app:latest", "latest"],
    ["a digest", `app@sha256:${"a".repeat(64)}`, `app@sha256:${"a".repeat(64)}`, null],
  ])("takes a reference with %s", async (_name, image, shown, imageTag) => {
    const deployment = await createDeployment(world, admin);
    await deploy(deployment, { image });
    expect(await line(deployment)).toMatchObject({ image: shown, imageTag });
  });

  test("of an Airflow without Runtime keeps its kind", async () => {
    const deployment = await createDeployment(world, admin, { airflowVersion: "2.3.3" });
    await deploy(deployment, { image: "app:one", airflowVersion: "2.3.4", runtimeVersion: "" });
    expect(await line(deployment)).toMatchObject({ runtimeVersion: null, airflowVersion: "2.3.4" });
    await finish(world, (await headOf(world, deployment.id)).id);
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      airflowVersion: "2.3.4",
      desiredAirflowVersion: "2.3.4",
      runtimeVersion: null,
    });
  });

  test("of the same image again is another deploy", async () => {
    const deployment = await createDeployment(world, admin);
    for (const number of [1, 2, 3]) {
      await deploy(deployment, { image: "app:one", description: `time ${number}` });
      expect(await line(deployment)).toMatchObject({ number, imageTag: "one", description: `time ${number}` });
    }
    expect((await readDeployment(world, admin, deployment)).deployInfo.nextCli).toBe("deploy-4");
  });
});
