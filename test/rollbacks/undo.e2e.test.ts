import { startTestApp, type TestApp } from "../world/app";
import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  rollBack,
  serviceAccountWith,
  setRollbackSwitch,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";

const UNDO = `mutation ($id: Uuid!, $description: String!, $acknowledgeDataLoss: Boolean) {
  undoRollback(deployRevisionId: $id, description: $description, acknowledgeDataLoss: $acknowledgeDataLoss) {
    id number status isRollback rollbackFromId rolledBackId description image } }`;
const ROLL_BACK = `mutation ($deployment: Uuid!, $target: Uuid!) {
  rollbackDeploy(deploymentUuid: $deployment, deployRevisionId: $target, description: "it broke", quarantine: true) { id } }`;
const QUARANTINE =
  'mutation ($id: Uuid!) { quarantineDeployRevision(deployRevisionId: $id, reason: "by hand") { id } }';
const HOLDS = "query ($id: String!) { deployment(where: { id: $id }) { quarantines { id reason } } }";

let world: TestApp;
let admin: string;
const driver = new ScriptedDriver();
beforeAll(async () => {
  world = await startTestApp({ driver });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const undoing = (revision: Pick<BuiltRevision, "id">, more: object = {}) => ({
  id: revision.id,
  description: "it was not that",
  ...more,
});

async function undo(revision: BuiltRevision, token = admin): Promise<BuiltRevision> {
  const { undoRollback } = await ask(world, UNDO, undoing(revision), token);
  return finish(world, undoRollback.id);
}

async function twoDeploys() {
  const deployment = await createDeployment(world, admin);
  const first = await deployImage(world, admin, deployment);
  const second = await deployImage(world, admin, deployment);
  return { deployment, first, second };
}

async function rollBackWithQuarantine({ id }: BuiltDeployment, target: BuiltRevision): Promise<BuiltRevision> {
  const { rollbackDeploy } = await ask(world, ROLL_BACK, { deployment: id, target: target.id }, admin);
  return finish(world, rollbackDeploy.id);
}

const holdsOf = async ({ id }: BuiltDeployment) =>
  (await ask(world, HOLDS, { id }, admin)).deployment.quarantines as { id: string; reason: string }[];
const imageOf = ({ releaseName }: BuiltDeployment) => driver.applied.get(releaseName)?.image;

async function refusedWithoutTrace(variables: object, token = admin) {
  const before = await fingerprint(world);
  const refusal = await askInVain(world, UNDO, variables, token);
  expect(await fingerprint(world)).toEqual(before);
  return refusal;
}

describe("undoRollback", () => {
  test("rollback, undo and undo of the undo put the same contents in place", async () => {
    const { deployment, first, second } = await twoDeploys();
    const bad = imageOf(deployment);
    const third = await rollBack(world, admin, deployment.id, first.id);
    const good = imageOf(deployment);
    const { undoRollback } = await ask(world, UNDO, undoing(third), admin);
    expect(undoRollback).toMatchObject({
      number: 4,
      status: "INITIALIZED",
      isRollback: true,
      rollbackFromId: second.id,
      rolledBackId: third.id,
      description: "it was not that",
    });
    const fourth = await finish(world, undoRollback.id);
    expect(imageOf(deployment)).toEqual(bad);
    const fifth = await undo(fourth);
    expect(fifth).toMatchObject({ number: 5, status: "DEPLOYED" });
    expect(imageOf(deployment)).toEqual(good);
    expect(good).not.toEqual(bad);
  });

  test("lifts the quarantine that the rollback made, and tells of it", async () => {
    const { deployment, first } = await twoDeploys();
    const third = await rollBackWithQuarantine(deployment, first);
    expect(await holdsOf(deployment)).toHaveLength(1);
    expect((await undo(third)).status).toBe("DEPLOYED");
    expect(await holdsOf(deployment)).toEqual([]);
    const actions = await world.database.sql.query<{ action: string }>(
      "SELECT action FROM audit_line WHERE deployment_id = $1 ORDER BY id DESC LIMIT 2",
      [deployment.id],
    );
    expect(actions.map(({ action }) => action).sort()).toEqual([
      "deploy_revision.lift_quarantine",
      "deploy_revision.undo_rollback",
    ]);
  });

  test("lifts no other quarantine, and is refused where one stands against it", async () => {
    const { deployment, first, second } = await twoDeploys();
    const third = await rollBackWithQuarantine(deployment, first);
    await ask(world, QUARANTINE, { id: second.id }, admin);
    expect((await refusedWithoutTrace(undoing(third))).code).toBe("TARGET_QUARANTINED");
    expect(await holdsOf(deployment)).toHaveLength(2);
  });

  test("takes a rollback back that is still under way, or has failed", async () => {
    const { deployment, first, second } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id, { rollOut: false });
    const fourth = await undo(third);
    expect(fourth).toMatchObject({ number: 4, status: "DEPLOYED" });
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(fourth.id);

    driver.reject("rejected");
    const other = await createDeployment(world, admin);
    const bad = await deployImage(world, admin, other, {
      image: "registry.example.com/airflow:rejected",
      rollOut: false,
    });
    await world.database.sql.query("UPDATE deploy_revision SET status = 'DEPLOYED' WHERE id = $1", [bad.id]);
    await world.database.sql.query("UPDATE deployment SET current_revision_id = $2 WHERE id = $1", [other.id, bad.id]);
    await deployImage(world, admin, other);
    const failed = await rollBack(world, admin, other.id, bad.id);
    expect(failed.status).toBe("FAILED");
    expect((await undo(failed)).status).toBe("DEPLOYED");
    expect(second.number).toBe(2);
  });

  test("is refused once a newer revision came", async () => {
    const { deployment, first } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id);
    await deployImage(world, admin, deployment, { rollOut: false });
    expect(await refusedWithoutTrace(undoing(third))).toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("Revision 4 came after rollback 3"),
    });
  });

  test("of two at once one is taken", async () => {
    const { deployment, first } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id);
    const answers = await Promise.all([1, 2, 3].map(() => world.send(UNDO, undoing(third), admin)));
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK").sort()).toEqual([
      "CONFLICT",
      "CONFLICT",
      "OK",
    ]);
  });

  test("goes by the rules of rollbacks", async () => {
    const { deployment, first } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id);
    await setRollbackSwitch(world, admin, deployment.id, false);
    expect((await refusedWithoutTrace(undoing(third))).code).toBe("ROLLBACK_DISABLED_FOR_DEPLOYMENT");
  });

  test("says so where what ran before was cleaned up", async () => {
    const { deployment, first, second } = await twoDeploys();
    const third = await rollBack(world, admin, deployment.id, first.id);
    await world.database.sql.query("DELETE FROM deploy_revision WHERE id = $1", [second.id]);
    expect((await refusedWithoutTrace(undoing(third))).code).toBe("NO_TARGET");
  });

  test.each([
    ["an unknown revision", { id: "01900000-0000-7000-8000-000000000000" }, "NOT_FOUND"],
    ["a malformed id", { id: "nonsense" }, "NOT_FOUND"],
  ])("refuses %s", async (_name, more, code) => {
    expect((await refusedWithoutTrace(undoing({ id: "" }, more))).code).toBe(code);
  });

  test("refuses what is no rollback, and a blank description", async () => {
    const { deployment, first, second } = await twoDeploys();
    expect((await refusedWithoutTrace(undoing(second))).extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argument: "deployRevisionId",
    });
    const third = await rollBack(world, admin, deployment.id, first.id);
    expect((await refusedWithoutTrace(undoing(third, { description: " " }))).extensions).toMatchObject({
      argument: "description",
    });
  });

  test("takes deployment.images.push, and what lifting takes where there is something to lift", async () => {
    const { deployment, first } = await twoDeploys();
    const place = { deploymentId: deployment.id };
    const third = await rollBackWithQuarantine(deployment, first);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", place);
    const robot = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", place);
    const stranger = await userWith(world, admin, "WORKSPACE_ADMIN", {
      workspaceId: (await createDeployment(world, admin)).workspaceId,
    });
    expect((await askInVain(world, UNDO, undoing(third), viewer.token)).code).toBe("FORBIDDEN");
    expect((await askInVain(world, UNDO, undoing(third), stranger.token)).message).toBe("Deploy revision not found");
    expect((await askInVain(world, UNDO, undoing(third), robot.token)).code).toBe("PERSON_REQUIRED");
    expect(await holdsOf(deployment)).toHaveLength(1);
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", place);
    const fourth = await undo(third, editor.token);
    // Without a quarantine to lift a service account may as well.
    expect((await undo(fourth, robot.token)).status).toBe("DEPLOYED");
  });
});
