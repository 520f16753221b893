import { ask, askInVain, createDeployment, deployImage, signUpAdmin, type BuiltDeployment } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { CANCEL_RUNTIME, readDeployment, SET_AIRFLOW, SET_RUNTIME } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

/** As the command-line client asks. */
const DEPLOYMENT_CONFIG =
  "query deploymentConfig { deploymentConfig { airflowImages { version tag } airflowVersions defaultAirflowImageTag } }";
const RUNTIME_RELEASES = `query runtimeReleases($airflowVersion: String, $clusterId: Uuid) {
  runtimeReleases(airflowVersion: $airflowVersion, clusterId: $clusterId) { version airflowVersion airflowDatabaseMigrations } }`;

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const onAirflow = (airflowVersion = "2.3.3"): Promise<BuiltDeployment> =>
  createDeployment(world, admin, { airflowVersion });
const upgrade = async ({ id }: BuiltDeployment, desiredAirflowVersion: string) =>
  (await ask(world, SET_AIRFLOW, { deploymentId: id, desiredAirflowVersion }, admin)).updateDeploymentAirflow;
const deploy = (deployment: BuiltDeployment, airflowVersion: string) =>
  deployImage(world, admin, deployment, { airflowVersion });

test("deploymentConfig tells what there is to choose from, newest first", async () => {
  const { deploymentConfig } = await ask(world, DEPLOYMENT_CONFIG, null, admin);
  const { airflowImages, airflowVersions, defaultAirflowImageTag } = deploymentConfig;
  expect(airflowVersions.slice(0, 5)).toEqual(["2.4.3", "2.4.2", "2.4.1", "2.3.4", "2.3.3"]);
  expect(airflowImages.map(({ version }: { version: string }) => version)).toEqual(airflowVersions);
  expect(airflowImages[0]).toEqual({ version: "2.4.3", tag: "2.4.3-onbuild" });
  expect(defaultAirflowImageTag).toBe("2.4.3-onbuild");
});

describe("updateDeploymentAirflow", () => {
  test("makes the Deployment wait for an Airflow, which comes with the next image that holds it", async () => {
    const deployment = await onAirflow();
    await deploy(deployment, "2.3.3");
    const asked = await upgrade(deployment, "2.4.3");
    expect(asked).toMatchObject({
      airflowVersion: "2.3.3",
      desiredAirflowVersion: "2.4.3",
      runtimeVersion: null,
      desiredRuntimeVersion: null,
    });
    expect(await readDeployment(world, admin, deployment)).toEqual(asked);
    await deploy(deployment, "2.3.4");
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      airflowVersion: "2.3.4",
      desiredAirflowVersion: "2.4.3",
    });
    await deploy(deployment, "2.4.3");
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      airflowVersion: "2.4.3",
      desiredAirflowVersion: "2.4.3",
    });
  });

  test("with the version that runs takes it back, also where that is in no list", async () => {
    for (const version of ["2.3.3", "2.3.3-2", "2.0.9"]) {
      const deployment = await onAirflow(version);
      await upgrade(deployment, "2.4.3");
      expect(await upgrade(deployment, version)).toMatchObject({
        airflowVersion: version,
        desiredAirflowVersion: version,
      });
    }
  });

  test("and a move to a Runtime take the place of each other", async () => {
    const deployment = await onAirflow("2.3.4");
    await ask(world, SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion: "5.0.8" }, admin);
    expect(await upgrade(deployment, "2.4.3")).toMatchObject({
      desiredAirflowVersion: "2.4.3",
      desiredRuntimeVersion: null,
    });
    await ask(world, SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion: "5.0.8" }, admin);
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      desiredAirflowVersion: "2.3.4",
      desiredRuntimeVersion: "5.0.8",
    });
  });

  test("leaves one line in the audit trail", async () => {
    const { id } = await onAirflow();
    const { headers } = await world.send(SET_AIRFLOW, { deploymentId: id, desiredAirflowVersion: "2.3.4" }, admin);
    expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
      {
        action: "deployment.update_airflow",
        objectType: "deployment",
        objectId: id,
        deploymentId: id,
        details: { desiredAirflowVersion: "2.3.4" },
      },
    ]);
  });

  test.each([
    ["nothing", "2.3.3", ""],
    ["a word", "2.3.3", "latest"],
    ["a null character", "2.3.3", "2.3.4\0"],
    ["a version beyond measure", "2.3.3", `2.3.${"4".repeat(100_000)}`],
    ["one that there is no image of", "2.3.3", "2.9.1"],
  ])("refuses %s, naming the argument, and changes nothing", async (_name, from, desiredAirflowVersion) => {
    const { id } = await onAirflow(from);
    const before = await fingerprint(world);
    const refusal = await askInVain(world, SET_AIRFLOW, { deploymentId: id, desiredAirflowVersion }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "desiredAirflowVersion" } });
    expect(refusal.message.length).toBeLessThan(300);
    expect(await fingerprint(world)).toEqual(before);
  });

  test("refuses the way down", async () => {
    const deployment = await onAirflow();
    await deploy(deployment, "2.3.3");
    const { id } = deployment;
    expect(
      await askInVain(world, SET_AIRFLOW, { deploymentId: id, desiredAirflowVersion: "2.3.2" }, admin),
    ).toMatchObject({ code: "DOWNGRADE_REFUSED" });
  });

  test("refuses a Deployment on a Runtime, and says what to do instead", async () => {
    const { id } = await createDeployment(world, admin);
    const before = await fingerprint(world);
    expect(
      await askInVain(world, SET_AIRFLOW, { deploymentId: id, desiredAirflowVersion: "2.4.3" }, admin),
    ).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("updateDeploymentRuntime"),
    });
    expect(await fingerprint(world)).toEqual(before);
  });
});

describe("moving to a Runtime as the command-line client does", () => {
  test.each([["2.3.4"], ["2.3.4-6"], ["2.2.5"], ["2.4.3"]])(
    "from Airflow %s there is one to move to, though it is deprecated",
    async (airflowVersion) => {
      const deployment = await onAirflow(airflowVersion);
      const { runtimeReleases } = await ask(world, RUNTIME_RELEASES, { airflowVersion, clusterId: "" }, admin);
      const [{ version }] = runtimeReleases;
      const asked = (
        await ask(world, SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion: version }, admin)
      ).updateDeploymentRuntime;
      expect(asked).toMatchObject({ airflowVersion, runtimeVersion: null, desiredRuntimeVersion: version });
      await deploy(deployment, airflowVersion);
      expect(await readDeployment(world, admin, deployment)).toMatchObject({
        airflowVersion,
        desiredRuntimeVersion: version,
      });

      await deployImage(world, admin, deployment, { runtimeVersion: version });
      expect(await readDeployment(world, admin, deployment)).toMatchObject({
        airflowVersion: null,
        runtimeVersion: version,
        desiredRuntimeVersion: version,
      });
    },
  );

  test("can be cancelled", async () => {
    const deployment = await onAirflow("2.3.4");
    await ask(world, SET_RUNTIME, { deploymentId: deployment.id, desiredRuntimeVersion: "5.0.8" }, admin);
    const { cancelRuntimeUpdate } = await ask(world, CANCEL_RUNTIME, { deploymentId: deployment.id }, admin);
    expect(cancelRuntimeUpdate).toMatchObject({
      airflowVersion: "2.3.4",
      desiredAirflowVersion: "2.3.4",
      desiredRuntimeVersion: null,
    });
  });

  test("from an Airflow that no Runtime holds there is none", async () => {
    expect(
      (await ask(world, RUNTIME_RELEASES, { airflowVersion: "2.0.0", clusterId: "" }, admin)).runtimeReleases,
    ).toEqual([]);
  });
});

test("the running tag is told by the digest where the image has none", async () => {
  const deployment = await createDeployment(world, admin);
  const digest = `sha256:${"a".repeat(64)}`;
  await deployImage(world, admin, deployment, { image: `registry.example.com/app@${digest}` });
  expect((await readDeployment(world, admin, deployment)).deployInfo).toEqual({ current: digest, nextCli: "deploy-2" });
});
