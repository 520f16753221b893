import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { uploadDags } from "../builders/dags";
import { fingerprint } from "../builders/fingerprint";
import { placedDags } from "../builders/placed-dags";
import { startTestApp, type TestApp } from "../world/app";

const ROLL_BACK = `mutation ($id: Uuid!, $to: Int, $parts: RollbackParts, $quarantine: Boolean, $key: String) {
  rollbackDeploy(deploymentUuid: $id, deployRevisionNumber: $to, description: "it broke", parts: $parts, quarantine: $quarantine,
    idempotencyKey: $key, acknowledgeDataLoss: true) {
    id number type image dagTarballVersion rollbackFromId } }`;
const PLAN = `query ($id: Uuid!, $to: Int, $parts: RollbackParts) {
  rollbackPlan(deploymentUuid: $id, deployRevisionNumber: $to, parts: $parts) {
    parts allowed to { number } blockers { code message } warnings { code message } changes { field changed } dags { added removed }
    database { direction } } }`;
const HOLDS = "query ($id: String!) { deployment(where: { id: $id }) { quarantines { image dagBundleSha256 } } }";
const LAST_GOOD = "query ($id: String!) { deployment(where: { id: $id }) { lastKnownGood { number } } }";
const UNDO = `mutation ($id: Uuid!) { undoRollback(deployRevisionId: $id, description: "not that") { id number image dagTarballVersion } }`;

const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const [A, B] = [{ "a.py": "a" }, { "b.py": "b" }];
const image = (tag: string): string => `registry.example.com/team/airflow:${tag}`;

describe("a rollback of one part", () => {
  let world: TestApp;
  let admin: string;
  const clock = new TestClock();
  beforeAll(async () => {
    world = await startTestApp({ clock: clock.now });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  /** #1 image one, #2 DAGs A, #3 image two, #4 DAGs B; all of them have run. */
  async function fourDeploys({ withDigests = false } = {}) {
    const digest = (digit: string) => (withDigests ? { imageDigest: `sha256:${digit.repeat(64)}` } : {});
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const later = () => clock.pass(60_000);
    await deployImage(world, admin, deployment, {
      image: image("one"),
      runtimeVersion: "11.4.0",
      ...digest("1"),
    });
    later();
    const a = await uploadDags(world, admin, deployment, A);
    await finish(world, a.id);
    later();
    await deployImage(world, admin, deployment, {
      image: image("two"),
      runtimeVersion: "11.5.0",
      ...digest("2"),
    });
    later();
    const b = await uploadDags(world, admin, deployment, B);
    await finish(world, b.id);
    later();
    return { deployment, a: a.dagTarballVersion, b: b.dagTarballVersion };
  }
  const planOf = async ({ id }: BuiltDeployment, to: number | null, parts?: string) =>
    (await ask(world, PLAN, { id, to, parts }, admin)).rollbackPlan;
  async function rollBack({ id }: BuiltDeployment, to: number | null, parts: string, more: object = {}) {
    const { rollbackDeploy } = await ask(world, ROLL_BACK, { id, to, parts, ...more }, admin);
    await finish(world, rollbackDeploy.id);
    return rollbackDeploy;
  }
  const changed = ({ changes }: { changes: { field: string; changed: boolean }[] }) =>
    changes.filter((change) => change.changed).map(({ field }) => field);

  test("brings the image back, and keeps the DAGs that run", async () => {
    const { deployment, b } = await fourDeploys();
    const plan = await planOf(deployment, 2, "IMAGE");
    expect(plan).toMatchObject({ parts: "IMAGE", allowed: true, dags: { added: [], removed: [] } });
    expect(changed(plan)).toEqual(["image", "runtimeVersion", "airflowVersion"]);
    expect(plan.warnings).toContainEqual({
      code: "NEVER_RAN_TOGETHER",
      message: "The image of revision 2 has never run with the DAGs that run now.",
    });
    const revision = await rollBack(deployment, 2, "IMAGE");
    expect(revision).toMatchObject({ number: 5, type: "IMAGE_ONLY", image: image("one"), dagTarballVersion: b });
    expect(await placedDags(world, deployment)).toEqual(B);
    const logs = 'query ($id: Uuid!) { logs(deploymentUuid: $id, search: "Revision 5:") { message } }';
    expect((await ask(world, logs, { id: deployment.id }, admin)).logs[0].message).toContain(
      "rolls back the image from revision 4 (Runtime 11.5.0) to revision 2 (Runtime 11.4.0)",
    );
  });

  test("brings the DAGs back, and keeps the image that runs", async () => {
    const { deployment, a } = await fourDeploys();
    const plan = await planOf(deployment, 2, "DAGS");
    expect(changed(plan)).toEqual(["dagTarballVersion"]);
    // Image two has run with DAGs A, as revision 3.
    expect(plan.warnings.map(({ code }: { code: string }) => code)).toEqual(["SKIPS_DEPLOYS"]);
    expect(plan).toMatchObject({ dags: { added: ["a.py"], removed: ["b.py"] }, database: { direction: "NONE" } });
    const revision = await rollBack(deployment, 2, "DAGS");
    expect(revision).toMatchObject({ type: "DAG_ONLY", image: image("two"), dagTarballVersion: a });
    expect(await placedDags(world, deployment)).toEqual(A);
  });

  test("without a target goes to the newest with another part, and further back the next time", async () => {
    const { deployment } = await fourDeploys();
    expect((await planOf(deployment, null, "IMAGE")).to.number).toBe(2);
    expect((await planOf(deployment, null, "DAGS")).to.number).toBe(3);
    expect((await planOf(deployment, null)).to.number).toBe(3);
    await rollBack(deployment, null, "IMAGE");
    // Not 4, which was just rolled back.
    const { lastKnownGood } = (await ask(world, LAST_GOOD, { id: deployment.id }, admin)).deployment;
    expect(lastKnownGood.number).toBe(1);
  });

  test("holds only that part", async () => {
    const { deployment } = await fourDeploys({ withDigests: true });
    await rollBack(deployment, 2, "DAGS", { quarantine: true });
    const { quarantines } = (await ask(world, HOLDS, { id: deployment.id }, admin)).deployment;
    expect(quarantines).toEqual([{ image: null, dagBundleSha256: expect.any(String) }]);
    // The image of the target is no obstacle to its DAGs, and the DAGs on hold are none to its image.
    expect(await planOf(deployment, 4, "IMAGE")).toMatchObject({ blockers: [{ code: "TARGET_IS_CURRENT" }] });
    expect((await planOf(deployment, 4, "DAGS")).blockers).toMatchObject([{ code: "TARGET_QUARANTINED" }]);
    expect((await planOf(deployment, 1, "IMAGE")).blockers).toEqual([]);
  });

  test("is undone, with its quarantine", async () => {
    const { deployment, b } = await fourDeploys();
    const rollback = await rollBack(deployment, 2, "DAGS", { quarantine: true });
    const { undoRollback } = await ask(world, UNDO, { id: rollback.id }, admin);
    expect(undoRollback).toMatchObject({ number: 6, image: image("two"), dagTarballVersion: b });
    await finish(world, undoRollback.id);
    expect(await placedDags(world, deployment)).toEqual(B);
    expect((await ask(world, HOLDS, { id: deployment.id }, admin)).deployment.quarantines).toEqual([]);
  });

  test.each(["IMAGE", "DAGS"])("(%s) is refused twice in a row, by name and by key", async (parts) => {
    const { deployment } = await fourDeploys();
    const { id } = deployment;
    const input = { id, to: 2, parts, key: `once ${parts}` };
    const { rollbackDeploy } = await ask(world, ROLL_BACK, input, admin);
    expect((await ask(world, ROLL_BACK, input, admin)).rollbackDeploy.id).toBe(rollbackDeploy.id);
    expect(await askInVain(world, ROLL_BACK, { ...input, parts: "ALL" }, admin)).toMatchObject({
      extensions: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
    expect(await askInVain(world, ROLL_BACK, { ...input, key: `twice ${parts}` }, admin)).toMatchObject({
      extensions: { issues: [{ code: "TARGET_IS_CURRENT" }] },
    });
    await finish(world, rollbackDeploy.id);
    expect(await askInVain(world, ROLL_BACK, { ...input, key: `thrice ${parts}` }, admin)).toMatchObject({
      extensions: { issues: [{ code: "TARGET_IS_CURRENT" }] },
    });
  });

  test("is refused where the image holds the DAGs, and changes nothing", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    const before = await fingerprint(world);
    for (const parts of ["IMAGE", "DAGS"]) {
      expect((await planOf(deployment, 1, parts)).blockers).toMatchObject([{ code: "PARTS_INSEPARABLE" }]);
      expect(await askInVain(world, ROLL_BACK, { id: deployment.id, to: 1, parts }, admin)).toMatchObject({
        extensions: { issues: [{ code: "PARTS_INSEPARABLE" }] },
      });
    }
    expect(await askInVain(world, ROLL_BACK, { id: deployment.id, to: 1, parts: "BOTH" }, admin)).toBeDefined();
    expect(await fingerprint(world)).toEqual(before);
  });

  test("takes null for all of it", async () => {
    const { deployment } = await fourDeploys();
    const { rollbackDeploy } = await ask(world, ROLL_BACK, { id: deployment.id, to: 2, parts: null }, admin);
    expect(rollbackDeploy).toMatchObject({ type: "IMAGE_AND_DAG", image: image("one") });
  });
});
