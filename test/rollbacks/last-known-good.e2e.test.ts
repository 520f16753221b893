import { DAY_MS } from "../../src/kernel/instant";
import { startTestApp, type TestApp } from "../world/app";
import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  rollBack,
  setRollbackSwitch,
  signUpAdmin,
  uniqueName,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { uploadDags } from "../builders/dags";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";

const ROLL_BACK = `mutation ($deployment: Uuid!, $target: Uuid, $number: Int, $quarantine: Boolean, $key: String) {
  rollbackDeploy(deploymentUuid: $deployment, deployRevisionId: $target, deployRevisionNumber: $number, description: "it broke",
    quarantine: $quarantine, idempotencyKey: $key, acknowledgeDataLoss: true) { id number rollbackFrom { number } } }`;
const PLAN = `query ($deployment: Uuid!, $target: Uuid, $number: Int) {
  rollbackPlan(deploymentUuid: $deployment, deployRevisionId: $target, deployRevisionNumber: $number) { from { number } to { number } } }`;
const GOOD =
  "query ($id: String!) { deployment(where: { id: $id }) { lastKnownGood { number rollback { allowed } } } }";
const QUARANTINE = 'mutation ($id: Uuid!) { quarantineDeployRevision(deployRevisionId: $id, reason: "x") { id } }';
const BAD = "registry.example.com/team/airflow:bad";
const UNKNOWN = "01900000-0000-7000-8000-000000000000";

let world: TestApp;
let admin: string;
const clock = new TestClock();
const driver = new ScriptedDriver();
driver.reject("bad");
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now, driver });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const goodOf = async ({ id }: BuiltDeployment): Promise<number | null> =>
  (await ask(world, GOOD, { id }, admin)).deployment.lastKnownGood?.number ?? null;

/** So many deploys that were rolled out; the last one runs. */
async function deploys(count: number) {
  const deployment = await createDeployment(world, admin);
  const revisions = [];
  for (let n = 0; n < count; n++) revisions.push(await deployImage(world, admin, deployment));
  return { deployment, revisions };
}

/** Rolls back without a target, and waits; the number of the revision that was gone back to. */
async function goBack({ id }: BuiltDeployment, more: object = {}): Promise<number> {
  const { rollbackDeploy } = await ask(world, ROLL_BACK, { deployment: id, ...more }, admin);
  await finish(world, rollbackDeploy.id);
  return rollbackDeploy.rollbackFrom.number;
}

describe("lastKnownGood", () => {
  test("is the newest revision before what runs that was rolled out", async () => {
    const { deployment } = await deploys(2);
    await deployImage(world, admin, deployment, { image: BAD });
    await deployImage(world, admin, deployment);
    expect(await goodOf(deployment)).toBe(2);
    expect((await ask(world, PLAN, { deployment: deployment.id }, admin)).rollbackPlan).toEqual({
      from: { number: 4 },
      to: { number: 2 },
    });
    expect(await goBack(deployment)).toBe(2);
  });

  test("is the one before what runs while a newer deploy is under way or has failed", async () => {
    const { deployment } = await deploys(2);
    await deployImage(world, admin, deployment, { image: BAD });
    expect(await goodOf(deployment)).toBe(1);
    await deployImage(world, admin, deployment, { rollOut: false });
    expect(await goodOf(deployment)).toBe(1);
  });

  test("goes further back with each rollback, and never to what was rolled back", async () => {
    const { deployment } = await deploys(4);
    expect([await goBack(deployment), await goBack(deployment), await goodOf(deployment)]).toEqual([3, 2, 1]);
    expect(await goBack(deployment)).toBe(1);
    expect(await goodOf(deployment)).toBeNull();
  });

  test("passes over what is quarantined, expired or has the content that runs", async () => {
    const deployment = await createDeployment(world, admin);
    const same = { image: "registry.example.com/team/airflow:same", imageDigest: `sha256:${"9".repeat(64)}` };
    await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, same);
    await deployImage(world, admin, deployment, same);
    expect(await goodOf(deployment)).toBe(2);
    await ask(world, QUARANTINE, { id: second.id }, admin);
    expect(await goodOf(deployment)).toBe(1);
    const before = clock.at;
    clock.pass(91 * DAY_MS);
    expect(await goodOf(deployment)).toBeNull();
    clock.at = before;
  });

  test("passes over revisions whose DAG bundle is gone", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    for (const content of ["one", "two", "three"])
      await finish(world, (await uploadDags(world, admin, deployment, { "a.py": `${content} ${uniqueName("x")}` })).id);
    expect(await goodOf(deployment)).toBe(2);
    const [row] = await world.database.sql.query<{ sha256: string }>(
      `SELECT b.archive_sha256 AS sha256 FROM deploy_revision r JOIN dag_bundle b
         ON b.deployment_id = r.deployment_id AND b.version = r.dag_tarball_version WHERE r.deployment_id = $1 AND r.number = 2`,
      [deployment.id],
    );
    await world.app.features.bundles.store.delete(row?.sha256 ?? "");
    expect(await goodOf(deployment)).toBe(1);
    expect(await goBack(deployment)).toBe(1);
  });

  test("is told to readers of the history, whether rollbacks are on or not", async () => {
    const { deployment } = await deploys(2);
    await setRollbackSwitch(world, admin, deployment.id, false);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const { deployment: seen } = await ask(world, GOOD, { id: deployment.id }, viewer.token);
    expect(seen.lastKnownGood).toEqual({ number: 1, rollback: { allowed: false } });
    const refusal = await askInVain(world, ROLL_BACK, { deployment: deployment.id }, admin);
    expect(refusal.code).toBe("ROLLBACK_DISABLED_FOR_DEPLOYMENT");
  });
});

describe("a rollback without a target", () => {
  test("names the nearest candidates where there is none, and why each is out", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    for (let n = 0; n < 2; n++) await deployImage(world, admin, deployment, { image: BAD });
    const current = await deployImage(world, admin, deployment);
    for (const number of [1, 2])
      await world.database.sql.query(
        "UPDATE deploy_revision SET runtime_version = '4.2.9' WHERE deployment_id = $1 AND number = $2",
        [deployment.id, number],
      );
    const before = await fingerprint(world);
    for (const query of [ROLL_BACK, PLAN]) {
      const { code, message } = await askInVain(world, query, { deployment: deployment.id }, admin);
      expect(code).toBe("NO_TARGET");
      expect(message).toMatch(/Revision 4 is FAILED.* Revision 3 is FAILED.* Revision 2 is on Runtime 4\.2\.9/);
      expect(message).not.toContain("Revision 1 ");
    }
    expect(await fingerprint(world)).toEqual(before);
    expect([first.number, current.number]).toEqual([1, 5]);
  });

  test("twice in a row makes one rollback", async () => {
    const { deployment } = await deploys(3);
    await ask(world, ROLL_BACK, { deployment: deployment.id }, admin);
    expect((await askInVain(world, ROLL_BACK, { deployment: deployment.id }, admin)).code).toBe("TARGET_IS_CURRENT");
  });

  test("with the same idempotency key answers the same revision, also where there is no target any more", async () => {
    const { deployment } = await deploys(2);
    const variables = { deployment: deployment.id, key: uniqueName("key"), quarantine: true };
    const { rollbackDeploy: made } = await ask(world, ROLL_BACK, variables, admin);
    await finish(world, made.id);
    expect(await goodOf(deployment)).toBeNull();
    expect((await ask(world, ROLL_BACK, variables, admin)).rollbackDeploy.id).toBe(made.id);
  });

  test("takes the same permission as any", async () => {
    const { deployment } = await deploys(2);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    expect((await askInVain(world, ROLL_BACK, { deployment: deployment.id }, viewer.token)).code).toBe("FORBIDDEN");
    expect((await askInVain(world, ROLL_BACK, { deployment: UNKNOWN }, admin)).code).toBe("NOT_FOUND");
  });
});

describe("a target by its number", () => {
  test("is as good as by its id, for the plan and the rollback", async () => {
    const { deployment, revisions } = await deploys(3);
    const variables = { deployment: deployment.id, number: 1 };
    expect((await ask(world, PLAN, variables, admin)).rollbackPlan.to.number).toBe(1);
    expect(await goBack(deployment, { number: 1 })).toBe(1);
    expect((await rollBack(world, admin, deployment.id, revisions[1]!.id)).number).toBe(5);
  });

  test.each([
    ["and by its id as well", (id: string) => ({ number: 1, target: id }), "BAD_USER_INPUT"],
    ["0", () => ({ number: 0 }), "BAD_USER_INPUT"],
    ["below 0", () => ({ number: -1 }), "BAD_USER_INPUT"],
    ["that no revision has", () => ({ number: 99 }), "NOT_FOUND"],
  ])("%s is refused", async (_name, more, code) => {
    const { deployment, revisions } = await deploys(2);
    const variables = { deployment: deployment.id, ...more(revisions[0]!.id) };
    for (const query of [PLAN, ROLL_BACK]) expect((await askInVain(world, query, variables, admin)).code).toBe(code);
  });
});
