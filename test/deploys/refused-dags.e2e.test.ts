import { Unavailable } from "../../src/kernel/errors";
import {
  applyOnce,
  ask,
  createDeployment,
  deployImage,
  finish,
  headOf,
  revisionOf,
  serviceAccountWith,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { cliParts, dagArchive, postForm, uploadDags, type Part } from "../builders/dags";
import { TestClock } from "../builders/clock";
import { placedDags } from "../builders/placed-dags";
import { startTestApp, type TestApp } from "../world/app";

const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const A = { "etl.py": "print('a')\n" };
const B = { "etl.py": "print('b')\n" };
const BAD = cliParts(Buffer.from("no archive"));

let world: TestApp;
let admin: string;
const clock = new TestClock();
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const REVISION = `query ($id: Uuid!) { deployRevision(id: $id) { status statusReason finishedAt isCurrent } }`;
const lookAt = async (id: string) => (await ask(world, REVISION, { id }, admin)).deployRevision;

/** A Deployment that runs an image and the DAGs A, and a newer image that waits for DAGs. */
async function waitingImage(token = admin): Promise<{ deployment: BuiltDeployment; ran: string; waiting: string }> {
  const deployment = await createDeployment(world, admin, { ...DAG_ONLY, runtimeVersion: "11.4.0" });
  await deployImage(world, admin, deployment, { rollOut: false });
  const ran = await finish(world, (await uploadDags(world, admin, deployment, A)).id);
  const { id: waiting } = await deployImage(world, token, deployment, { rollOut: false, runtimeVersion: "11.5.0" });
  return { deployment, ran: ran.id, waiting };
}

const jobsOf = async (revisionId: string): Promise<number> =>
  (await world.database.sql.query("SELECT 1 FROM graphile_worker.jobs WHERE key = $1", [`apply:${revisionId}`])).length;

describe("DAGs that are refused fail the image that waits for them", () => {
  test.each<[string, readonly Part[], string]>([
    ["no archive", BAD, "file"],
    ["a path out of the folder", cliParts(dagArchive({ "../../evil.py": "" })), "evil.py"],
    ["no bytes", cliParts(Buffer.alloc(0)), "no bytes"],
    ["no file", [{ name: "description", content: "x" }], "holds no file"],
  ])("%s", async (_name, parts, words) => {
    const { deployment, ran, waiting } = await waitingImage();
    expect((await postForm(world, deployment.releaseName, parts, admin)).statusCode).toBe(400);
    expect(await lookAt(waiting)).toEqual({
      status: "FAILED",
      statusReason: expect.stringMatching(new RegExp(`^Its DAGs were refused: .*${words}`)),
      finishedAt: expect.any(String),
      isCurrent: false,
    });
    expect(await jobsOf(waiting)).toBe(0);
    clock.pass(60_000);
    await applyOnce(world, waiting);
    expect(await lookAt(ran)).toMatchObject({ status: "DEPLOYED", isCurrent: true });
    expect(await placedDags(world, deployment)).toEqual(A);

    const query = "query ($id: String!) { deployment(where: { id: $id }) { runtimeVersion desiredRuntimeVersion } }";
    expect((await ask(world, query, { id: deployment.id }, admin)).deployment).toEqual({
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.4.0",
    });
    const logs = 'query ($id: Uuid!) { logs(deploymentUuid: $id, search: "DAGs were refused") { message } }';
    expect((await ask(world, logs, { id: deployment.id }, admin)).logs).toHaveLength(1);
    const audit =
      'query ($id: String!) { auditLines(filter: { objectId: $id, action: "deploy_revision.refuse" }) { nodes { action } } }';
    expect((await ask(world, audit, { id: waiting }, admin)).auditLines.nodes).toHaveLength(1);
  });

  test("and DAGs that come after that are a line of their own, with the image that ran", async () => {
    const { deployment, ran } = await waitingImage();
    await postForm(world, deployment.releaseName, BAD, admin);
    const { id, number, type } = await uploadDags(world, admin, deployment, B);
    expect([number, type]).toEqual([3, "DAG_ONLY"]);
    await finish(world, id);
    const query = `query ($ids: Uuid!, $id: Uuid!) {
      before: deployRevision(id: $ids) { image } after: deployRevision(id: $id) { image } }`;
    const { before, after } = await ask(world, query, { ids: ran, id }, admin);
    expect(after.image).toBe(before.image);
  });

  test("a caller who has lost the permission meanwhile, or the mechanism that has changed", async () => {
    const first = await waitingImage();
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: first.deployment.id });
    const { id: waiting } = await deployImage(world, ci.token, first.deployment, {
      rollOut: false,
      runtimeVersion: "11.5.0",
    });
    await ask(
      world,
      `mutation ($id: Uuid!, $deployment: Uuid!) {
        updateDeploymentServiceAccount(serviceAccountUuid: $id, deploymentUuid: $deployment, role: DEPLOYMENT_VIEWER) { id } }`,
      { id: ci.id, deployment: first.deployment.id },
      admin,
    );
    expect((await postForm(world, first.deployment.releaseName, cliParts(dagArchive(B)), ci.token)).statusCode).toBe(
      403,
    );
    expect(await lookAt(waiting)).toMatchObject({ status: "FAILED" });

    const second = await waitingImage();
    await ask(
      world,
      "mutation ($id: Uuid!) { updateDeployment(deploymentUuid: $id, dagDeployment: { type: image }) { id } }",
      { id: second.deployment.id },
      admin,
    );
    const refused = await postForm(world, second.deployment.releaseName, cliParts(dagArchive(B)), admin);
    expect(refused.statusCode).toBe(409);
    expect(await lookAt(second.waiting)).toMatchObject({ status: "FAILED" });
  });
});

describe("the image is rolled out all the same", () => {
  test("if somebody else's DAGs are refused, or a caller's who is not known", async () => {
    const { deployment, waiting } = await waitingImage();
    const other = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const viewer = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    for (const [token, status] of [
      [other.token, 400],
      [viewer.token, 403],
      ["nonsense", 401],
    ] as const)
      expect((await postForm(world, deployment.releaseName, BAD, token)).statusCode).toBe(status);
    expect(await lookAt(waiting)).toMatchObject({ status: "INITIALIZED" });
    await finish(world, waiting);
    expect((await revisionOf(world, waiting)).status).toBe("DEPLOYED");
  });

  test("if it has its DAGs by now, or waits no longer", async () => {
    const first = await waitingImage();
    await uploadDags(world, admin, first.deployment, B);
    await postForm(world, first.deployment.releaseName, BAD, admin);
    expect(await lookAt(first.waiting)).toMatchObject({ status: "INITIALIZED" });

    const second = await waitingImage();
    clock.pass(30_001);
    await postForm(world, second.deployment.releaseName, BAD, admin);
    expect(await lookAt(second.waiting)).toMatchObject({ status: "INITIALIZED" });
  });

  test("if the store cannot be used now: the client tries again", async () => {
    const { deployment, waiting } = await waitingImage();
    const put = jest
      .spyOn(world.app.features.bundles.store, "put")
      .mockRejectedValue(new Unavailable("The store is away"));
    const answer = await postForm(world, deployment.releaseName, cliParts(dagArchive(B)), admin);
    put.mockRestore();
    expect(answer.statusCode).toBe(503);
    expect(await lookAt(waiting)).toMatchObject({ status: "INITIALIZED" });
    expect((await headOf(world, deployment.id)).id).toBe(waiting);
  });
});
