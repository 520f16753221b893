import { DAY_MS } from "../../src/kernel/instant";
import { startTestApp, type TestApp } from "../world/app";
import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  rollBack,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";

const PIN = `mutation ($id: Uuid!, $pinned: Boolean!) {
  pinDeployRevision(deployRevisionId: $id, pinned: $pinned) { id number pinned isCurrent rollback { allowed } } }`;
const AT = `query ($id: Uuid!, $at: DateTime!) { deployRevisionAt(deploymentUuid: $id, at: $at) { number isCurrent } }`;
const HISTORY = `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { number pinned } } }`;
const UNKNOWN = "01900000-0000-7000-8000-000000000000";
const START = "2024-07-15T09:30:00.000Z";

let world: TestApp;
let admin: string;
const clock = new TestClock(START);
const driver = new ScriptedDriver();
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now, driver });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());
beforeEach(() => (clock.at = START));

const pin = async ({ id }: BuiltRevision, pinned = true) =>
  (await ask(world, PIN, { id, pinned }, admin)).pinDeployRevision;
const cleanUp = () => world.app.features.deploys.cleanUp.execute({ dryRun: false });
const historyOf = async ({ id }: BuiltDeployment) =>
  (await ask(world, HISTORY, { id }, admin)).deployRevisions.nodes as { number: number; pinned: boolean }[];

describe("pinDeployRevision", () => {
  test("keeps a revision from the clean-up and from expiring, until it is let go", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    expect(await pin(first)).toEqual({
      id: first.id,
      number: 1,
      pinned: true,
      isCurrent: false,
      rollback: { allowed: true },
    });
    clock.pass(91 * DAY_MS);
    await cleanUp();
    expect(await historyOf(deployment)).toEqual([
      { number: 3, pinned: false },
      { number: 1, pinned: true },
    ]);
    expect((await rollBack(world, admin, deployment.id, first.id)).status).toBe("DEPLOYED");

    expect(await pin(first, false)).toMatchObject({ pinned: false });
    await cleanUp();
    expect((await historyOf(deployment)).map(({ number }) => number)).toEqual([4]);
  });

  test("is told once in the log, and each time in the audit trail", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await pin(first);
    await pin(first);
    await pin(first, false);
    const lines = await world.database.sql.query<{ message: string }>(
      "SELECT message FROM log_line WHERE deployment_id = $1 AND message LIKE '%pinned%' ORDER BY id",
      [deployment.id],
    );
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Revision 1 is pinned by /),
      expect.stringMatching(/^Revision 1 is no longer pinned, by /),
    ]);
    const audited = await world.database.sql.query<{ action: string }>(
      "SELECT action FROM audit_line WHERE object_id = $1 AND action LIKE '%pin' ORDER BY id",
      [first.id],
    );
    expect(audited.map(({ action }) => action)).toEqual([
      "deploy_revision.pin",
      "deploy_revision.pin",
      "deploy_revision.unpin",
    ]);
  });

  test("refuses unknown revisions, and callers without deployment.config.update", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await deployImage(world, admin, deployment);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const before = await fingerprint(world);
    expect((await askInVain(world, PIN, { id: UNKNOWN, pinned: true }, admin)).code).toBe("NOT_FOUND");
    expect((await askInVain(world, PIN, { id: "nonsense", pinned: true }, admin)).code).toBe("NOT_FOUND");
    expect((await askInVain(world, PIN, { id, pinned: null }, admin)).code).toBe("BAD_USER_INPUT");
    expect((await askInVain(world, PIN, { id, pinned: true }, viewer.token)).code).toBe("FORBIDDEN");
    expect(await fingerprint(world)).toEqual(before);
  });
});

describe("deployRevisionAt", () => {
  const at = async ({ id }: BuiltDeployment, instant: string) =>
    (await ask(world, AT, { id, at: instant }, admin)).deployRevisionAt as {
      number: number;
      isCurrent: boolean;
    } | null;

  /** Revision 1 at 10:00, 2 at 11:00, which fails, 3 at 12:00, and 4, back to 1, at 13:00. */
  async function fourDeploys(day: string) {
    const deployment = await createDeployment(world, admin);
    clock.at = `${day}T10:00:00.000Z`;
    const first = await deployImage(world, admin, deployment);
    clock.at = `${day}T11:00:00.000Z`;
    driver.reject("bad");
    await deployImage(world, admin, deployment, { image: "registry.example.com/airflow:bad" });
    clock.at = `${day}T12:00:00.000Z`;
    await deployImage(world, admin, deployment);
    clock.at = `${day}T13:00:00.000Z`;
    await rollBack(world, admin, deployment.id, first.id);
    return { deployment, first };
  }

  test("answers what ran then, whatever came later", async () => {
    const { deployment } = await fourDeploys("2024-07-01");
    expect(await at(deployment, "2024-07-01T09:59:59.999Z")).toBeNull();
    expect(await at(deployment, "2024-07-01T10:00:00.000Z")).toEqual({ number: 1, isCurrent: false });
    expect(await at(deployment, "2024-07-01T11:30:00.000Z")).toEqual({ number: 1, isCurrent: false });
    expect(await at(deployment, "2024-07-01T12:30:00.000Z")).toEqual({ number: 3, isCurrent: false });
    expect(await at(deployment, "2024-07-01T15:00:00.000+02:00")).toEqual({ number: 4, isCurrent: true });
    expect(await at(deployment, "2099-01-01T00:00:00.000Z")).toEqual({ number: 4, isCurrent: true });
  });

  test("answers nothing rather than a revision that had been replaced by one that is gone", async () => {
    const { deployment, first } = await fourDeploys("2024-01-01");
    await pin(first);
    clock.at = START;
    await cleanUp();
    expect((await historyOf(deployment)).map(({ number }) => number)).toEqual([4, 1]);
    expect(await at(deployment, "2024-01-01T12:30:00.000Z")).toBeNull();
    expect(await at(deployment, START)).toEqual({ number: 4, isCurrent: true });
  });

  test("takes deployment.deployRevisions.get", async () => {
    const { deployment } = await fourDeploys("2024-07-01");
    const stranger = await userWith(world, admin, "WORKSPACE_VIEWER", {
      workspaceId: (await createDeployment(world, admin)).workspaceId,
    });
    const variables = { id: deployment.id, at: START };
    expect((await askInVain(world, AT, variables, stranger.token)).code).toBe("NOT_FOUND");
    expect((await askInVain(world, AT, { ...variables, id: "nonsense" }, admin)).code).toBe("NOT_FOUND");
    expect((await askInVain(world, AT, { ...variables, at: "yesterday" }, admin)).code).toBe("BAD_USER_INPUT");
  });
});
