import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  neverAborted,
  revisionOf,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { DELETE, NO_IDS } from "../builders/deployment-operations";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";
import { DAY_MS } from "../../src/kernel/instant";

const DELETED =
  "query ($id: Uuid!) { deletedDeployments(workspaceUuid: $id) { id label releaseName deletedAt keptUntil } }";
const RESTORE = `mutation ($id: Uuid!) { restoreDeployment(deploymentUuid: $id) {
  id releaseName currentRevision { number } deployRevisions { totalCount } } }`;

describe("restoreDeployment", () => {
  let world: TestApp;
  let admin: string;
  const clock = new TestClock();
  const driver = new ScriptedDriver();
  beforeAll(async () => {
    world = await startTestApp({ clock: clock.now, driver, env: { LIMITS__DEPLOYMENTS_PER_WORKSPACE: "3" } });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const remove = ({ id }: BuiltDeployment, hard = false) =>
    ask(world, DELETE, { deploymentId: id, deploymentHardDelete: hard }, admin);
  const deletedIn = async (workspaceId: string, token = admin) =>
    (await ask(world, DELETED, { id: workspaceId }, token)).deletedDeployments;
  const codeOf = async (id: string, token = admin) => (await askInVain(world, RESTORE, { id }, token)).code;
  async function deleted(hard = false) {
    const workspaceId = await createWorkspace(world, admin);
    const deployment = await createDeployment(world, admin, { workspaceId });
    await deployImage(world, admin, deployment);
    await remove(deployment, hard);
    return { ...deployment, workspaceId };
  }

  test("brings a deleted Deployment back, with its history and what it ran", async () => {
    const deployment = await deleted();
    const [listed, ...others] = await deletedIn(deployment.workspaceId);
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ id: deployment.id, releaseName: deployment.releaseName });
    expect(Date.parse(listed.keptUntil) - Date.parse(listed.deletedAt)).toBe(14 * DAY_MS);
    const { restoreDeployment } = await ask(world, RESTORE, { id: deployment.id.toUpperCase() }, admin);
    expect(restoreDeployment).toEqual({
      id: deployment.id,
      releaseName: deployment.releaseName,
      currentRevision: { number: 1 },
      deployRevisions: { totalCount: 1 },
    });
    expect(await deletedIn(deployment.workspaceId)).toEqual([]);
    const jobs = await world.database.sql.query(
      `SELECT payload FROM graphile_worker._private_jobs JOIN graphile_worker._private_tasks t ON t.id = task_id
       WHERE identifier = 'deployments.reconcile' AND payload->>'deploymentId' = $1`,
      [deployment.id],
    );
    expect(jobs).toHaveLength(1);
    const audit = await world.database.sql.query(
      "SELECT action FROM audit_line WHERE action = 'deployment.restore' AND object_id = $1",
      [deployment.id],
    );
    expect(audit).toHaveLength(1);
    const next = await deployImage(world, admin, deployment);
    expect(await revisionOf(world, next.id)).toMatchObject({ number: 2, status: "DEPLOYED" });
  });

  test("is refused twice, for good, for what never was, and changes nothing then", async () => {
    const deployment = await deleted();
    await ask(world, RESTORE, { id: deployment.id }, admin);
    const gone = await deleted(true);
    const before = await fingerprint(world);
    for (const id of [deployment.id, gone.id, ...NO_IDS()]) expect(await codeOf(id)).toBe("NOT_FOUND");
    expect(await fingerprint(world)).toEqual(before);
    expect(await deletedIn(gone.workspaceId)).toEqual([]);
  });

  test("at the same time restores once", async () => {
    const { id } = await deleted();
    const answers = await Promise.all(Array.from({ length: 4 }, () => world.send(RESTORE, { id }, admin)));
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK").sort()).toEqual([
      "NOT_FOUND",
      "NOT_FOUND",
      "NOT_FOUND",
      "OK",
    ]);
  });

  test("is refused once it is not kept any more, be it purged or not", async () => {
    const { id, workspaceId } = await deleted();
    clock.pass(14 * DAY_MS);
    expect(await codeOf(id)).toBe("NOT_FOUND");
    expect(await deletedIn(workspaceId)).toEqual([]);
  });

  test("counts for the limit of the Workspace", async () => {
    const { id, workspaceId } = await deleted();
    for (let n = 0; n < 3; n++) await createDeployment(world, admin, { workspaceId });
    const before = await fingerprint(world);
    expect(await codeOf(id)).toBe("LIMIT_REACHED");
    expect(await fingerprint(world)).toEqual(before);
  });

  test("is for those who may delete there", async () => {
    const deployment = await deleted();
    const place = { workspaceId: deployment.workspaceId };
    const viewer = await userWith(world, admin, "WORKSPACE_VIEWER", place);
    const stranger = await userWith(world, admin, "WORKSPACE_ADMIN", {
      workspaceId: await createWorkspace(world, admin),
    });
    expect(await codeOf(deployment.id, viewer.token)).toBe("FORBIDDEN");
    expect(await codeOf(deployment.id, stranger.token)).toBe("NOT_FOUND");
    expect((await askInVain(world, DELETED, { id: deployment.workspaceId }, viewer.token)).code).toBe("FORBIDDEN");
    expect((await askInVain(world, DELETED, { id: deployment.workspaceId }, stranger.token)).code).toBe("NOT_FOUND");
    const owner = await userWith(world, admin, "WORKSPACE_ADMIN", place);
    expect(await deletedIn(deployment.workspaceId, owner.token)).toHaveLength(1);
    await ask(world, RESTORE, { id: deployment.id }, owner.token);
  });

  test("keeps the release if it was restored before that was removed", async () => {
    const deployment = await deleted();
    await ask(world, RESTORE, { id: deployment.id }, admin);
    const removal = jest.spyOn(driver, "remove");
    const { releaseName, id: deploymentId } = deployment;
    const payload = { releaseName, namespace: releaseName, deploymentId };
    await world.app.features.jobs["deployments.remove"]!(payload, { signal: neverAborted } as never);
    expect(removal).not.toHaveBeenCalled();
    removal.mockRestore();
  });
});
