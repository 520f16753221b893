import { Client } from "pg";
import { newId } from "../../src/kernel/ids";
import { DAY_MS, minusDays, plusMs } from "../../src/kernel/instant";
import { startTestApp, type TestApp } from "../world/app";
import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  rollBack,
  ROLLBACK,
  serviceAccountWith,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";

const NOW = "2024-07-15T09:30:00.000Z";
const CLEAN_UP = `mutation ($olderThanDays: Int, $dryRun: Boolean) {
  cleanupDeployRevisions(olderThanDays: $olderThanDays, dryRun: $dryRun) { dryRun olderThanDays deletedRevisions deletedBundles keptRevisions }
}`;

describe("the clean-up", () => {
  let world: TestApp;
  let admin: string;
  const clock = new TestClock(NOW);
  const driver = new ScriptedDriver();

  beforeAll(async () => {
    world = await startTestApp({ clock: clock.now, driver });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());
  // The clean-up counts over all Deployments, so each test starts without any.
  beforeEach(async () => {
    clock.at = NOW;
    await world.database.sql.query("DELETE FROM deployment");
    await world.database.sql.query("DELETE FROM log_line");
  });

  const cleanUp = async (variables: object = {}) =>
    (await ask(world, CLEAN_UP, variables, admin)).cleanupDeployRevisions;
  const age = (revisionId: string, createdAt: string): Promise<unknown[]> =>
    world.database.sql.query("UPDATE deploy_revision SET created_at = $2 WHERE id = $1", [revisionId, createdAt]);
  const numbersOf = async ({ id }: BuiltDeployment): Promise<number[]> => {
    const rows = await world.database.sql.query<{ number: number }>(
      "SELECT number FROM deploy_revision WHERE deployment_id = $1 ORDER BY number",
      [id],
    );
    return rows.map(({ number }) => number);
  };

  /** Old lines below a Deployment's own, which keep their numbers by counting downwards from its first. */
  async function insertOld(deployment: BuiltDeployment, count: number, createdAt = minusDays(NOW, 100)): Promise<void> {
    await world.database.sql.query("UPDATE deploy_revision SET number = number + $2 WHERE deployment_id = $1", [
      deployment.id,
      count,
    ]);
    await world.database.sql.query(
      "UPDATE deployment SET last_revision_number = last_revision_number + $2 WHERE id = $1",
      [deployment.id, count],
    );
    await world.database.sql.query(
      `INSERT INTO deploy_revision (id, deployment_id, number, type, status, trigger, image_repository, image_tag, runtime_version, airflow_version,
         dag_deployment_type, actor_id, actor_type, actor_label, origin_id, rollout_failures, pinned, created_at, updated_at, finished_at)
       SELECT gen_random_uuid(), $1, n, 'IMAGE_AND_DAG', 'DEPLOYED', 'IMAGE_ENDPOINT', 'airflow', 'old-' || n, '11.4.0', '2.9.1',
         'image', 'x', 'USER', 'x', gen_random_uuid(), 0, false, $3::timestamptz + (n % 7) * interval '1 ms', $3, $3
       FROM generate_series(1, $2::int) AS n`,
      [deployment.id, count, createdAt],
    );
  }

  test("removes what is older, to the millisecond, of every Deployment and status", async () => {
    driver.reject("bad");
    const deployment = await createDeployment(world, admin);
    const boundary = minusDays(NOW, 90);
    const revisions = [];
    for (let n = 0; n < 4; n++) revisions.push(await deployImage(world, admin, deployment));
    revisions.push(await deployImage(world, admin, deployment, { image: "registry.example.com/airflow:bad" }));
    revisions.push(await deployImage(world, admin, deployment, { rollOut: false }));
    revisions.push(await deployImage(world, admin, deployment));
    const ages = [
      plusMs(boundary, 1),
      boundary,
      plusMs(boundary, -1),
      minusDays(NOW, 91),
      minusDays(NOW, 91),
      minusDays(NOW, 91),
      NOW,
    ];
    for (const [index, revision] of revisions.entries()) await age(revision.id, ages[index] ?? NOW);
    expect(await cleanUp()).toEqual({
      dryRun: false,
      olderThanDays: 90,
      deletedRevisions: 4,
      deletedBundles: 0,
      keptRevisions: 0,
    });
    expect(await numbersOf(deployment)).toEqual([1, 2, 7]);
    expect((await deployImage(world, admin, deployment)).number).toBe(8);
  });

  test("keeps what runs, what is newest, what is pinned and what is unfinished", async () => {
    driver.reject("bad");
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    const pinned = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { image: "registry.example.com/airflow:bad" });
    await world.database.sql.query("UPDATE deploy_revision SET pinned = true WHERE id = $1", [pinned.id]);
    const unfinished = await createDeployment(world, admin);
    await deployImage(world, admin, unfinished);
    await deployImage(world, admin, unfinished);
    await deployImage(world, admin, unfinished, { rollOut: false });
    await world.database.sql.query("UPDATE deploy_revision SET created_at = $1", [minusDays(NOW, 400)]);

    expect(await cleanUp()).toMatchObject({ deletedRevisions: 2, keptRevisions: 5 });
    expect(await numbersOf(deployment)).toEqual([2, 3, 4]);
    expect(await numbersOf(unfinished)).toEqual([2, 3]);
    // Nothing is left to do, whatever the age.
    expect(await cleanUp({ olderThanDays: 1 })).toMatchObject({ deletedRevisions: 0, keptRevisions: 5 });
    // What is pinned stays a target; what runs and is old can be gone back to once it runs no longer.
    expect((await rollBack(world, admin, deployment.id, pinned.id)).status).toBe("DEPLOYED");
  });

  test("leaves the ids of what a rollback restored and took away, and says that the lines are gone", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment);
    const third = await rollBack(world, admin, deployment.id, first.id);
    for (const { id } of [first, second]) await age(id, minusDays(NOW, 91));
    expect((await cleanUp()).deletedRevisions).toBe(2);
    const { deployRevision } = await ask(
      world,
      "query ($id: Uuid!) { deployRevision(id: $id) { number isRollback isCurrent rollbackFromId rolledBackId rollbackFrom { id } rolledBack { id } } }",
      { id: third.id },
      admin,
    );
    expect(deployRevision).toEqual({
      number: 3,
      isRollback: true,
      isCurrent: true,
      rollbackFromId: first.id,
      rolledBackId: second.id,
      rollbackFrom: null,
      rolledBack: null,
    });
    const gone = { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "x" };
    expect((await askInVain(world, ROLLBACK, gone, admin)).message).toBe("Deploy revision not found");
  });

  test("still knows by the chain that the content runs, when its first line is gone", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    const third = await rollBack(world, admin, deployment.id, first.id);
    await deployImage(world, admin, deployment);
    await rollBack(world, admin, deployment.id, third.id);
    await age(first.id, minusDays(NOW, 91));
    await cleanUp();
    const again = { deploymentUuid: deployment.id, deployRevisionId: third.id, description: "x" };
    expect((await askInVain(world, ROLLBACK, again, admin)).code).toBe("TARGET_IS_CURRENT");
  });

  test("counts beforehand what it then does, and a dry run touches nothing", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await insertOld(deployment, 30);
    await world.database.sql.query(
      "UPDATE deploy_revision SET pinned = true WHERE number <= 3 AND deployment_id = $1",
      [deployment.id],
    );
    const before = await fingerprint(world);
    for (const olderThanDays of [null, 90, 99, 101, 1]) {
      const dry = await cleanUp({ olderThanDays, dryRun: true });
      expect(dry).toEqual({
        dryRun: true,
        olderThanDays: olderThanDays ?? 90,
        deletedRevisions: olderThanDays === 101 ? 0 : 27,
        deletedBundles: 0,
        keptRevisions: olderThanDays === 101 ? 0 : 3,
      });
    }
    expect(await fingerprint(world)).toEqual(before);
    expect(await cleanUp({ olderThanDays: 1 })).toMatchObject({
      dryRun: false,
      deletedRevisions: 27,
      keptRevisions: 3,
    });
    expect(await numbersOf(deployment)).toEqual([1, 2, 3, 31]);
  });

  test.each([
    ["0", { olderThanDays: 0 }, "olderThanDays: has to be a whole number from 1 to 3650"],
    ["-1", { olderThanDays: -1 }, "olderThanDays: has to be a whole number from 1 to 3650"],
    ["3651", { olderThanDays: 3651 }, "olderThanDays: has to be a whole number from 1 to 3650"],
    ["1.5", { olderThanDays: 1.5 }, "Int cannot represent non-integer value"],
    ["text", { olderThanDays: "90" }, "Int cannot represent"],
    ["beyond 32 bits", { olderThanDays: 2 ** 40 }, "Int cannot represent"],
    ["text as dryRun", { dryRun: "no" }, "Boolean cannot represent"],
  ])("refuses %s days, and does nothing", async (_name, variables, message) => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await insertOld(deployment, 3, "2001-01-01T00:00:00.000Z");
    const before = await fingerprint(world);
    const refusal = await askInVain(world, CLEAN_UP, variables, admin);
    expect(refusal.code).toBe("BAD_USER_INPUT");
    expect(refusal.message).toContain(message);
    expect(await fingerprint(world)).toEqual(before);
  });

  test("takes 1 and 3650 days, and goes by the configured age without any", async () => {
    expect(await cleanUp({ olderThanDays: 1 })).toMatchObject({ olderThanDays: 1 });
    expect(await cleanUp({ olderThanDays: 3650 })).toMatchObject({ olderThanDays: 3650 });
    const other = await startTestApp({
      database: world.database,
      clock: clock.now,
      env: { DEPLOYMENTS__DEPLOY_ROLLBACK__DEPLOY_REVISION_REPORT_NUMBER_OF_DAYS: "30" },
    });
    try {
      expect((await ask(other, CLEAN_UP, {}, admin)).cleanupDeployRevisions.olderThanDays).toBe(30);
    } finally {
      await other.close();
    }
  });

  test("takes system.cleanupDeployRevisions.delete", async () => {
    const deployment = await createDeployment(world, admin);
    const answer = async (token: string): Promise<string> =>
      (await world.send(CLEAN_UP, { dryRun: true }, token)).errors?.[0]?.extensions.code ?? "allowed";
    expect(await answer((await userWith(world, admin, "SYSTEM_EDITOR")).token)).toBe("FORBIDDEN");
    expect(await answer((await userWith(world, admin, "SYSTEM_VIEWER")).token)).toBe("FORBIDDEN");
    expect(
      await answer((await userWith(world, admin, "DEPLOYMENT_ADMIN", { deploymentId: deployment.id })).token),
    ).toBe("FORBIDDEN");
    expect(
      await answer(
        (await serviceAccountWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: deployment.workspaceId })).token,
      ),
    ).toBe("FORBIDDEN");
    expect(await answer((await serviceAccountWith(world, admin, "SYSTEM_ADMIN")).token)).toBe("allowed");
    const { errors } = await world.send(CLEAN_UP, {});
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  test("goes through thousands of lines in batches, many of one moment", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await insertOld(deployment, 5_000);
    expect(await cleanUp()).toMatchObject({ deletedRevisions: 5_000, keptRevisions: 0 });
    expect(await numbersOf(deployment)).toEqual([5_001]);
  });

  test("leaves lines that somebody else holds for the next run, and does not wait for them", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await insertOld(deployment, 1_200);
    const other = new Client({ connectionString: world.database.url });
    await other.connect();
    try {
      await other.query("BEGIN");
      await other.query(
        "SELECT 1 FROM deploy_revision WHERE deployment_id = $1 AND number IN (1, 600, 1200) FOR UPDATE",
        [deployment.id],
      );
      expect((await cleanUp()).deletedRevisions).toBe(1_197);
      expect(await numbersOf(deployment)).toEqual([1, 600, 1_200, 1_201]);
      await other.query("COMMIT");
    } finally {
      await other.end();
    }
    expect((await cleanUp()).deletedRevisions).toBe(3);
    expect(await numbersOf(deployment)).toEqual([1_201]);
  });

  test("two at once remove everything once", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await insertOld(deployment, 3_000);
    const answers = await Promise.all([cleanUp(), cleanUp(), cleanUp()]);
    expect(answers.reduce((sum: number, { deletedRevisions }) => sum + deletedRevisions, 0)).toBe(3_000);
    expect(await numbersOf(deployment)).toEqual([3_001]);
  });

  test("does not hold up rollbacks and deploys, nor take away what they need", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment);
    await insertOld(deployment, 5_000);
    let done = false;
    const running = cleanUp().finally(() => (done = true));
    let target = first;
    let other = second;
    let rollbacks = 0;
    do {
      const started = performance.now();
      expect((await rollBack(world, admin, deployment.id, target.id)).status).toBe("DEPLOYED");
      expect(performance.now() - started).toBeLessThan(3_000);
      [target, other] = [other, target];
      rollbacks++;
    } while (!done);
    expect((await running).deletedRevisions).toBe(5_000);
    expect(await numbersOf(deployment)).toEqual(Array.from({ length: 2 + rollbacks }, (_, index) => 5_001 + index));
  });

  test("takes old log lines, expired keys and Deployments deleted long ago along, and nothing younger", async () => {
    const { sql } = world.database;
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment);
    await rollBack(world, admin, deployment.id, first.id, { idempotencyKey: "early" });
    clock.pass(1);
    await rollBack(world, admin, deployment.id, second.id, { idempotencyKey: "late" });
    const gone = await createDeployment(world, admin);
    const kept = await createDeployment(world, admin);
    for (const one of [gone, kept]) {
      await deployImage(world, admin, one);
      await ask(world, "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }", { id: one.id }, admin);
    }
    const insertLine = (createdAt: string, message: string) =>
      sql.query(
        `INSERT INTO log_line (id, deployment_id, workspace_id, release_name, component, message, fields, created_at)
         VALUES ($1, $2, $3, $4, 'x', $5, '{}', $6)`,
        [newId(), deployment.id, deployment.workspaceId, deployment.releaseName, message, createdAt],
      );
    clock.at = plusMs(NOW, DAY_MS);
    await sql.query("DELETE FROM log_line");
    await insertLine(plusMs(minusDays(clock.at, 90), -1), "old");
    await insertLine(minusDays(clock.at, 90), "young");
    await sql.query("UPDATE deployment SET deleted_at = $2 WHERE id = $1", [
      gone.id,
      plusMs(minusDays(clock.at, 14), -1),
    ]);
    await sql.query("UPDATE deployment SET deleted_at = $2 WHERE id = $1", [kept.id, minusDays(clock.at, 14)]);

    expect(await cleanUp()).toMatchObject({ deletedRevisions: 0 });
    expect(await sql.query("SELECT message FROM log_line")).toEqual([{ message: "young" }]);
    expect(await sql.query("SELECT key FROM idempotency_key")).toEqual([{ key: "late" }]);
    expect(
      (await sql.query<{ id: string }>("SELECT id FROM deployment ORDER BY created_at, id")).map(({ id }) => id).sort(),
    ).toEqual([deployment.id, kept.id].sort());
    expect([await numbersOf(gone), await numbersOf(kept)]).toEqual([[], [1]]);
  });

  test("cleans the history of a soft-deleted Deployment as well", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await insertOld(deployment, 5);
    await ask(
      world,
      "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
      { id: deployment.id },
      admin,
    );
    expect(await cleanUp()).toMatchObject({ deletedRevisions: 5 });
    expect(await numbersOf(deployment)).toEqual([6]);
  });
});
