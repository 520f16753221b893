import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { Client } from "pg";
import { parse } from "yaml";
import { RolloutRejected } from "../../src/features/rollouts";
import { startTestApp, type TestApp } from "../world/app";
import {
  applyOnce,
  ask,
  createDeployment,
  deployImage,
  finish,
  headOf,
  neverAborted,
  revisionOf,
  rollBack,
  ROLLBACK,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";

const image = (tag: string): string => `registry.example.com/team/airflow:${tag}`;

let tags = 0;
/** A tag that no other test uses, so that what the driver is told about it stays with the test. */
const newTag = (): string => `t${++tags}`;

async function eventsOf(world: TestApp, deploymentId: string): Promise<string[]> {
  const lines = await world.database.sql.query<{ line: string }>(
    `SELECT fields->>'revisionNumber' || ' ' || (fields->>'event') AS line FROM log_line
     WHERE deployment_id = $1 AND fields ? 'revisionNumber' ORDER BY id`,
    [deploymentId],
  );
  return lines.map(({ line }) => line);
}

async function currentOf(world: TestApp, deploymentId: string): Promise<string | null> {
  const [row] = await world.database.sql.query<{ id: string | null }>(
    "SELECT current_revision_id AS id FROM deployment WHERE id = $1",
    [deploymentId],
  );
  return row?.id ?? null;
}

async function rowOf(world: TestApp, revisionId: string) {
  const [row] = await world.database.sql.query<Record<string, unknown>>("SELECT * FROM deploy_revision WHERE id = $1", [
    revisionId,
  ]);
  return row ?? {};
}

const runJob = (world: TestApp, task: string, payload: Record<string, string> = {}): Promise<void> => {
  const handler = world.app.features.jobs[task];
  if (handler === undefined) throw new Error(`no such task: ${task}`);
  return handler(payload, { id: "1", attempt: 1, log: pino({ level: "silent" }), signal: neverAborted });
};

describe("a rollout, attempt by attempt", () => {
  let world: TestApp;
  let admin: string;
  const driver = new ScriptedDriver();
  const clock = new TestClock("2024-07-15T09:30:00.000Z");
  beforeAll(async () => {
    world = await startTestApp({ driver, clock: clock.now, env: { WORKERS__RETRY_COUNT: "3" } });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  /** A Deployment that runs revision 1, and revision 2 recorded with a tag of its own. */
  async function recorded() {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const tag = newTag();
    const second = await deployImage(world, admin, deployment, { image: image(tag), rollOut: false });
    driver.calls.length = 0;
    return { deployment, first, second, tag };
  }

  /** Seconds between the adding of the revision's job and when it is due. */
  async function dueIn(revisionId: string): Promise<number[]> {
    const jobs = await world.database.sql.query<{ seconds: number }>(
      "SELECT extract(epoch FROM run_at - updated_at)::float AS seconds FROM graphile_worker.jobs WHERE key = $1",
      [`apply:${revisionId}`],
    );
    return jobs.map(({ seconds }) => seconds);
  }

  test("that works makes it DEPLOYED and current", async () => {
    const { deployment, second, tag } = await recorded();
    clock.pass(90_000);
    await applyOnce(world, second.id);
    expect(driver.tags).toEqual([tag]);
    expect(await rowOf(world, second.id)).toMatchObject({
      status: "DEPLOYED",
      status_reason: null,
      finished_at: clock.at,
      updated_at: clock.at,
      rollout_failures: 0,
    });
    expect(await currentOf(world, deployment.id)).toBe(second.id);
    expect((await eventsOf(world, deployment.id)).slice(3)).toEqual([
      "2 deploy_recorded",
      "2 rollout_started",
      "2 deployed",
    ]);
  });

  test("that fails is tried again, later each time, and works in the end", async () => {
    const { deployment, first, second, tag } = await recorded();
    driver.fail(tag, 3);
    for (const [failures, seconds] of [
      [1, 1],
      [2, 2],
      [3, 4],
    ] as const) {
      await applyOnce(world, second.id);
      expect(await rowOf(world, second.id)).toMatchObject({
        status: "INITIALIZED",
        rollout_failures: failures,
        finished_at: null,
      });
      expect(await currentOf(world, deployment.id)).toBe(first.id);
      expect(await dueIn(second.id)).toEqual([seconds]);
    }
    await applyOnce(world, second.id);
    expect(await rowOf(world, second.id)).toMatchObject({
      status: "DEPLOYED",
      rollout_failures: 3,
      status_reason: null,
    });
    expect(await currentOf(world, deployment.id)).toBe(second.id);
    expect((await eventsOf(world, deployment.id)).slice(3)).toEqual([
      "2 deploy_recorded",
      ...[1, 2, 3].flatMap(() => ["2 rollout_started", "2 rollout_attempt_failed"]),
      "2 rollout_started",
      "2 deployed",
    ]);
  });

  test("that never works ends as FAILED after the first attempt and three retries; what ran before still runs", async () => {
    const { deployment, first, second, tag } = await recorded();
    driver.fail(tag);
    const final = await finish(world, second.id);
    expect(final.status).toBe("FAILED");
    expect(driver.calls).toHaveLength(4);
    expect(await rowOf(world, second.id)).toMatchObject({
      status_reason: `${tag} did not come up`,
      rollout_failures: 4,
      finished_at: clock.at,
    });
    expect(await currentOf(world, deployment.id)).toBe(first.id);
    expect((await headOf(world, deployment.id)).id).toBe(second.id);
    const [line] = await world.database.sql.query<{ message: string }>(
      "SELECT message FROM log_line WHERE deployment_id = $1 AND fields->>'event' = 'failed'",
      [deployment.id],
    );
    expect(line?.message).toBe(`Revision 2 failed: ${tag} did not come up`);

    const third = await rollBack(world, admin, deployment.id, first.id);
    expect(third).toMatchObject({ number: 3, status: "DEPLOYED" });
    expect(driver.applied.get(deployment.releaseName)?.revisionNumber).toBe(3);
  });

  test("that never works is no longer pending", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    const tag = newTag();
    driver.reject(tag);
    await deployImage(world, admin, deployment, { image: image(tag), runtimeVersion: "11.5.0" });
    expect(
      await world.database.sql.query("SELECT runtime_version, pending_runtime_version FROM deployment WHERE id = $1", [
        deployment.id,
      ]),
    ).toEqual([{ runtime_version: "11.4.0", pending_runtime_version: null }]);
  });

  test("that the driver rejects ends at once", async () => {
    const { deployment, first, second, tag } = await recorded();
    driver.reject(tag);
    await applyOnce(world, second.id);
    expect(driver.calls).toHaveLength(1);
    expect(await rowOf(world, second.id)).toMatchObject({
      status: "FAILED",
      status_reason: `${tag} can never run`,
      rollout_failures: 1,
    });
    expect(await currentOf(world, deployment.id)).toBe(first.id);
    expect((await eventsOf(world, deployment.id)).slice(4)).toEqual(["2 rollout_started", "2 failed"]);
  });

  test("of a first deploy that fails leaves nothing current, and the next one works", async () => {
    const deployment = await createDeployment(world, admin);
    const tag = newTag();
    driver.reject(tag);
    await deployImage(world, admin, deployment, { image: image(tag) });
    expect(await currentOf(world, deployment.id)).toBeNull();
    const second = await deployImage(world, admin, deployment);
    expect(second.status).toBe("DEPLOYED");
    expect(await currentOf(world, deployment.id)).toBe(second.id);
  });

  test("with a reason beyond measure keeps its beginning", async () => {
    const { second, tag } = await recorded();
    const apply = jest.spyOn(driver, "apply").mockRejectedValueOnce(new Error(`${tag} ${"x".repeat(10_000)}`));
    await applyOnce(world, second.id);
    apply.mockRestore();
    const [line] = await world.database.sql.query<{ reason: string }>(
      "SELECT fields->>'reason' AS reason FROM log_line WHERE fields->>'revisionId' = $1 AND fields->>'event' = 'rollout_attempt_failed'",
      [second.id],
    );
    expect(line?.reason).toHaveLength(500);
  });

  test.each([
    ["a null character", "a\0b"],
    ["half a surrogate pair", "a\ud800b"],
    ["nothing", ""],
  ])("with %s as reason is FAILED all the same", async (_name, reason) => {
    const { second } = await recorded();
    const apply = jest.spyOn(driver, "apply").mockRejectedValueOnce(new RolloutRejected(reason));
    await applyOnce(world, second.id);
    apply.mockRestore();
    expect(await rowOf(world, second.id)).toMatchObject({ status: "FAILED" });
  });

  test("takes the settings of its own time", async () => {
    const { deployment, second } = await recorded();
    await ask(
      world,
      "mutation ($id: Uuid!) { updateDeployment(deploymentUuid: $id, executor: LocalExecutor) { id } }",
      { id: deployment.id },
      admin,
    );
    await applyOnce(world, second.id);
    expect(driver.applied.get(deployment.releaseName)).toMatchObject({ executor: "LocalExecutor", revisionNumber: 2 });
  });

  describe("overtaken", () => {
    test("before it starts never reaches the driver", async () => {
      const { deployment, second } = await recorded();
      const third = await deployImage(world, admin, deployment, { rollOut: false });
      await applyOnce(world, second.id);
      expect(driver.calls).toEqual([]);
      expect(await rowOf(world, second.id)).toMatchObject({
        status: "SUPERSEDED",
        status_reason: "Superseded by revision 3",
      });
      await applyOnce(world, third.id);
      expect(await currentOf(world, deployment.id)).toBe(third.id);
      await applyOnce(world, second.id);
      expect(await currentOf(world, deployment.id)).toBe(third.id);
    });

    test("while the driver works is called off", async () => {
      const { deployment, first, second, tag } = await recorded();
      const held = driver.hold(tag);
      const rollout = applyOnce(world, second.id);
      await held.entered;
      const third = await deployImage(world, admin, deployment, { rollOut: false });
      await rollout;
      expect(driver.calls[0]?.aborted()).toBe(true);
      expect(await rowOf(world, second.id)).toMatchObject({ status: "SUPERSEDED", rollout_failures: 0 });
      expect(await currentOf(world, deployment.id)).toBe(first.id);
      expect((await eventsOf(world, deployment.id)).slice(3)).toEqual([
        "2 deploy_recorded",
        "2 rollout_started",
        "3 deploy_recorded",
        "2 superseded",
      ]);
      await applyOnce(world, third.id);
      expect(await currentOf(world, deployment.id)).toBe(third.id);
      held.open();
    });

    test("at the very end stays SUPERSEDED although the driver was done", async () => {
      const { deployment, first, second, tag } = await recorded();
      const held = driver.hold(tag);
      const rollout = applyOnce(world, second.id);
      await held.entered;
      const third = await deployImage(world, admin, deployment, { rollOut: false });
      held.open();
      await rollout;
      expect((await revisionOf(world, second.id)).status).toBe("SUPERSEDED");
      expect(await currentOf(world, deployment.id)).toBe(first.id);
      await applyOnce(world, third.id);
      expect(driver.applied.get(deployment.releaseName)?.revisionNumber).toBe(3);
    });

    test("by a rollback while it fails counts no failure", async () => {
      const { deployment, first, second, tag } = await recorded();
      const held = driver.hold(tag);
      driver.fail(tag);
      const rollout = applyOnce(world, second.id);
      await held.entered;
      await deployImage(world, admin, deployment);
      const back = await rollBack(world, admin, deployment.id, first.id, { rollOut: false });
      held.open();
      await rollout;
      expect(await rowOf(world, second.id)).toMatchObject({ status: "SUPERSEDED", rollout_failures: 0 });
      expect((await finish(world, back.id)).status).toBe("DEPLOYED");
    });
  });

  describe("interrupted", () => {
    /** Makes the next statements on the table fail while the condition holds, as if the process died there. */
    async function breakOn(table: string, operation: string, condition: string): Promise<() => Promise<void>> {
      const { sql } = world.database;
      await sql.query(
        `CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the process died here'; END $$`,
      );
      await sql.query(
        `CREATE TRIGGER broken BEFORE ${operation} ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION broken()`,
      );
      return async () => void (await sql.query("DROP FUNCTION broken() CASCADE"));
    }

    const STEPS: [string, string, string, string][] = [
      ["in the first step", "log_line", "INSERT", "NEW.fields->>'event' = 'rollout_started'"],
      ["when it becomes DEPLOYED", "deploy_revision", "UPDATE", "NEW.status = 'DEPLOYED'"],
      [
        "when it becomes current",
        "deployment",
        "UPDATE",
        "NEW.current_revision_id IS DISTINCT FROM OLD.current_revision_id",
      ],
      ["at the last line of the log", "log_line", "INSERT", "NEW.fields->>'event' = 'deployed'"],
    ];

    test.each(STEPS)("%s, it goes on where it was", async (_name, table, operation, condition) => {
      const { deployment, first, second } = await recorded();
      const mend = await breakOn(table, operation, condition);
      try {
        await expect(applyOnce(world, second.id)).rejects.toThrow("the process died here");
        expect(await rowOf(world, second.id)).toMatchObject({
          status: "INITIALIZED",
          rollout_failures: 0,
          finished_at: null,
        });
        expect(await currentOf(world, deployment.id)).toBe(first.id);
      } finally {
        await mend();
      }
      await applyOnce(world, second.id);
      expect((await revisionOf(world, second.id)).status).toBe("DEPLOYED");
      expect(await currentOf(world, deployment.id)).toBe(second.id);
      expect((await eventsOf(world, deployment.id)).filter((event) => event === "2 deployed")).toHaveLength(1);
    });

    test.each([
      ["when it counts a failure", "deploy_revision", "UPDATE", "NEW.rollout_failures > OLD.rollout_failures"],
      ["when it says so", "log_line", "INSERT", "NEW.fields->>'event' = 'rollout_attempt_failed'"],
      ["when it asks for another attempt", "graphile_worker._private_jobs", "UPDATE", "NEW.key LIKE 'apply:%'"],
    ])("%s, the failure is not counted, and the next attempt is made", async (_name, table, operation, condition) => {
      const { deployment, second, tag } = await recorded();
      driver.fail(tag, 1);
      const mend = await breakOn(table, operation, condition);
      try {
        await expect(applyOnce(world, second.id)).rejects.toThrow("the process died here");
        expect(await rowOf(world, second.id)).toMatchObject({ status: "INITIALIZED", rollout_failures: 0 });
      } finally {
        await mend();
      }
      await applyOnce(world, second.id);
      expect(await currentOf(world, deployment.id)).toBe(second.id);
    });

    test.each([
      ["at the new line", "deploy_revision", "INSERT", "true"],
      ["at the superseded line", "deploy_revision", "UPDATE", "NEW.status = 'SUPERSEDED'"],
      ["when the head moves", "deployment", "UPDATE", "true"],
      ["at the line of the log", "log_line", "INSERT", "true"],
      ["at the job", "graphile_worker._private_jobs", "INSERT", "true"],
      ["at the idempotency key", "idempotency_key", "INSERT", "true"],
    ])("a rollback that dies %s never was", async (_name, table, operation, condition) => {
      const { deployment, first } = await recorded();
      await deployImage(world, admin, deployment);
      await deployImage(world, admin, deployment, { rollOut: false });
      const variables = {
        deploymentUuid: deployment.id,
        deployRevisionId: first.id,
        description: "x",
        idempotencyKey: newTag(),
      };
      const before = await fingerprint(world);
      const mend = await breakOn(table, operation, condition);
      try {
        const { errors } = await world.send(ROLLBACK, variables, admin);
        expect(errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
        expect(errors?.[0]?.message).not.toContain("died");
      } finally {
        await mend();
      }
      expect(await fingerprint(world)).toEqual(before);
      expect((await ask(world, ROLLBACK, variables, admin)).rollbackDeploy.number).toBe(5);
    });

    test("by the end of the process it is not a failure, and the job stays", async () => {
      const { deployment, first, second, tag } = await recorded();
      const held = driver.hold(tag);
      const stopping = new AbortController();
      const rollout = world.app.features.rollouts.apply.execute(second.id, stopping.signal);
      await held.entered;
      stopping.abort(new Error("shutting down"));
      await expect(rollout).rejects.toThrow("shutting down");
      held.open();
      expect(await rowOf(world, second.id)).toMatchObject({ status: "INITIALIZED", rollout_failures: 0 });
      expect(await currentOf(world, deployment.id)).toBe(first.id);
      expect(await dueIn(second.id)).toHaveLength(1);
      await applyOnce(world, second.id);
      expect(await currentOf(world, deployment.id)).toBe(second.id);
    });
  });

  test("made twice one after the other changes nothing the second time", async () => {
    const { second } = await recorded();
    await applyOnce(world, second.id);
    const before = await fingerprint(world);
    await applyOnce(world, second.id);
    expect(await fingerprint(world)).toEqual(before);
    expect(driver.calls).toHaveLength(1);
  });

  test("made twice at the same time ends once", async () => {
    const { deployment, second, tag } = await recorded();
    const held = driver.hold(tag);
    const both = [applyOnce(world, second.id), applyOnce(world, second.id)];
    await held.entered;
    held.open();
    await Promise.all(both);
    expect((await eventsOf(world, deployment.id)).filter((event) => event === "2 deployed")).toHaveLength(1);
    expect(await currentOf(world, deployment.id)).toBe(second.id);
  });

  test("of a failed or finished revision does nothing", async () => {
    const { second, tag } = await recorded();
    driver.reject(tag);
    await applyOnce(world, second.id);
    await applyOnce(world, second.id);
    expect(driver.calls).toHaveLength(1);
  });

  test.each([
    ["for good", true],
    ["softly", false],
  ])("of a Deployment that is deleted %s meanwhile ends quietly", async (_name, hard) => {
    const { deployment, second, tag } = await recorded();
    const held = driver.hold(tag);
    const rollout = applyOnce(world, second.id);
    await held.entered;
    await ask(
      world,
      "mutation ($id: Uuid!, $hard: Boolean) { deleteDeployment(deploymentUuid: $id, deploymentHardDelete: $hard) { id } }",
      { id: deployment.id, hard },
      admin,
    );
    held.open();
    await rollout;
    await applyOnce(world, second.id);
    expect((await rowOf(world, second.id))["status"]).toBe(hard ? undefined : "INITIALIZED");
    expect(driver.calls).toHaveLength(1);
    await runJob(world, "deployments.remove", { releaseName: deployment.releaseName });
    expect(driver.applied.has(deployment.releaseName)).toBe(false);
  });

  test("of an unknown revision does nothing", async () => {
    const before = await fingerprint(world);
    await applyOnce(world, "01900000-0000-7000-8000-000000000000");
    expect(await fingerprint(world)).toEqual(before);
  });

  describe("that lost its job", () => {
    const jobsOf = async ({ id }: BuiltDeployment): Promise<number> =>
      (
        await world.database.sql.query(
          "SELECT 1 FROM graphile_worker.jobs WHERE queue_name = $1 AND task_identifier = 'deploys.apply'",
          [id],
        )
      ).length;
    const emptyQueue = () => world.database.sql.query("DELETE FROM graphile_worker._private_jobs");

    test("gets one again after a minute, and only one", async () => {
      const { deployment, second } = await recorded();
      await emptyQueue();
      clock.pass(60_000);
      await runJob(world, "deploys.resume");
      expect(await jobsOf(deployment)).toBe(0);
      clock.pass(1);
      await runJob(world, "deploys.resume");
      await runJob(world, "deploys.resume");
      expect(await jobsOf(deployment)).toBe(1);
      expect(await dueIn(second.id)).toHaveLength(1);
    });

    test("is left alone if it is final, superseded, still queued, or of a deleted Deployment", async () => {
      const done = await createDeployment(world, admin);
      await deployImage(world, admin, done);
      const deleted = await recorded();
      await ask(
        world,
        "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
        { id: deleted.deployment.id },
        admin,
      );
      await emptyQueue();
      const queued = await recorded();
      await deployImage(world, admin, queued.deployment, { rollOut: false });
      const [before] = await world.database.sql.query<{ n: number }>(
        "SELECT count(*) AS n FROM graphile_worker.jobs WHERE queue_name = $1",
        [queued.deployment.id],
      );
      clock.pass(600_000);
      await runJob(world, "deploys.resume");
      expect([await jobsOf(done), await jobsOf(deleted.deployment)]).toEqual([0, 0]);
      expect(await jobsOf(queued.deployment)).toBe(before?.n);
    });
  });
});

describe("a worker", () => {
  test("carries a failing rollout through its retries by itself", async () => {
    const driver = new ScriptedDriver();
    const world = await startTestApp({ driver, workers: true });
    try {
      const admin = await signUpAdmin(world);
      const deployment = await createDeployment(world, admin);
      driver.fail("flaky", 1);
      const revision = await deployImage(world, admin, deployment, { image: image("flaky") });
      expect(revision.status).toBe("DEPLOYED");
      expect(driver.tags).toEqual(["flaky", "flaky"]);
      // The job goes a moment after the revision is deployed, in a transaction of the queue's own.
      const waiting = () =>
        world.database.sql.query("SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'deploys.apply'");
      for (const until = Date.now() + 60_000; (await waiting()).length > 0 && Date.now() < until;) await sleep(20);
      expect(await waiting()).toEqual([]);
    } finally {
      await world.close();
    }
  });

  test("that died gives its job back; one that lives keeps it", async () => {
    const idle = await startTestApp({ driver: new ScriptedDriver() });
    const living = new Client({ connectionString: idle.database.url });
    await living.connect();
    const driver = new ScriptedDriver();
    let replica: TestApp | undefined;
    try {
      const admin = await signUpAdmin(idle);
      const one = await createDeployment(idle, admin);
      const two = await createDeployment(idle, admin);
      const lost = await deployImage(idle, admin, one, { image: image("lost"), rollOut: false });
      const kept = await deployImage(idle, admin, two, { image: image("kept"), rollOut: false });
      await living.query("SELECT pg_advisory_lock(hashtextextended('worker-alive', 0))");
      for (const [deployment, worker] of [
        [one, "worker-dead"],
        [two, "worker-alive"],
      ] as const) {
        await idle.database.sql.query(
          `WITH queue AS (
             UPDATE graphile_worker._private_job_queues SET locked_at = now() - interval '1 minute', locked_by = $2 WHERE queue_name = $1 RETURNING id
           ) UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 minute', locked_by = $2, attempts = 1
             WHERE job_queue_id IN (SELECT id FROM queue)`,
          [deployment.id, worker],
        );
      }
      replica = await startTestApp({ driver, database: idle.database, workers: true });
      expect((await finish(replica, lost.id)).status).toBe("DEPLOYED");
      await sleep(300);
      expect(driver.tags).toEqual(["lost"]);
      expect((await revisionOf(idle, kept.id)).status).toBe("INITIALIZED");
      await living.end();
      expect((await finish(replica, kept.id)).status).toBe("DEPLOYED");
      expect(driver.tags).toEqual(["lost", "kept"]);
    } finally {
      await living.end().catch(() => undefined);
      await replica?.close();
      await idle.close();
    }
  });

  test("that is stopped in the middle leaves the rollout to the next process", async () => {
    const first = new ScriptedDriver();
    const world = await startTestApp({ driver: first, workers: true });
    const second = new ScriptedDriver();
    let next: TestApp | undefined;
    try {
      const admin = await signUpAdmin(world);
      const deployment = await createDeployment(world, admin);
      const held = first.hold("slow");
      const revision = await deployImage(world, admin, deployment, { image: image("slow"), rollOut: false });
      await held.entered;
      await world.app.stop();
      expect(first.calls[0]?.aborted()).toBe(true);
      next = await startTestApp({ driver: second, database: world.database, workers: true });
      expect((await finish(next, revision.id)).status).toBe("DEPLOYED");
      expect(second.tags).toEqual(["slow"]);
    } finally {
      await next?.close();
      await world.close();
    }
  });
});

describe("the folder of a release", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const textOf = ({ releaseName }: BuiltDeployment): Promise<string> =>
    readFile(join(world.dataDir, "releases", releaseName, "values.yaml"), "utf8");
  const variables = (deployment: BuiltDeployment, environmentVariables: object[]) =>
    ask(
      world,
      `mutation ($id: Uuid!, $release: String!, $environmentVariables: [InputEnvironmentVariable!]!) {
        updateDeploymentVariables(deploymentUuid: $id, releaseName: $release, environmentVariables: $environmentVariables) { key } }`,
      { id: deployment.id, release: deployment.releaseName, environmentVariables },
      admin,
    );

  test("follows changed settings without a new revision", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await deployImage(world, admin, deployment);
    await ask(
      world,
      "mutation ($id: Uuid!) { updateDeployment(deploymentUuid: $id, executor: LocalExecutor) { id } }",
      { id: deployment.id },
      admin,
    );
    await variables(deployment, [{ key: "MODE", value: "fast" }]);
    expect(parse(await textOf(deployment))).toMatchObject({ executor: "CeleryExecutor" });
    await runJob(world, "deployments.reconcile", { deploymentId: deployment.id });
    expect(parse(await textOf(deployment))).toMatchObject({
      executor: "LocalExecutor",
      env: [{ name: "MODE", value: "fast" }],
      retrograde: { revision: 1, revisionId: id },
    });
    expect((await headOf(world, deployment.id)).number).toBe(1);
  });

  test("is not touched while a rollout is under way, nor before the first", async () => {
    const deployment = await createDeployment(world, admin);
    await runJob(world, "deployments.reconcile", { deploymentId: deployment.id });
    await expect(textOf(deployment)).rejects.toThrow("ENOENT");
    await deployImage(world, admin, deployment);
    const before = await textOf(deployment);
    const second = await deployImage(world, admin, deployment, { rollOut: false });
    await ask(
      world,
      "mutation ($id: Uuid!) { updateDeployment(deploymentUuid: $id, executor: LocalExecutor) { id } }",
      { id: deployment.id },
      admin,
    );
    await runJob(world, "deployments.reconcile", { deploymentId: deployment.id });
    expect(await textOf(deployment)).toBe(before);
    await finish(world, second.id);
    expect(parse(await textOf(deployment))).toMatchObject({ executor: "LocalExecutor", retrograde: { revision: 2 } });
  });

  test("is reconciled by the workers on their own", async () => {
    const replica = await startTestApp({ workers: true });
    try {
      const token = await signUpAdmin(replica);
      const deployment = await createDeployment(replica, token);
      await deployImage(replica, token, deployment);
      await ask(
        replica,
        "mutation ($id: Uuid!) { updateDeployment(deploymentUuid: $id, executor: LocalExecutor) { id } }",
        { id: deployment.id },
        token,
      );
      const file = join(replica.dataDir, "releases", deployment.releaseName, "values.yaml");
      for (let waited = 0; waited < 60_000 && !(await readFile(file, "utf8")).includes("LocalExecutor"); waited += 50)
        await sleep(50);
      expect(parse(await readFile(file, "utf8"))).toMatchObject({
        executor: "LocalExecutor",
        retrograde: { revision: 1 },
      });
    } finally {
      await replica.close();
    }
  });

  test("never holds a secret, by a deploy, a rollback or a change of settings", async () => {
    const deployment = await createDeployment(world, admin);
    const secret = "s3cr3t-äöü-value";
    await variables(deployment, [
      { key: "PASSWORD", value: secret, isSecret: true },
      { key: "MODE", value: "plain" },
    ]);
    const expectNoSecret = async (): Promise<void> => {
      const text = await textOf(deployment);
      expect(text).not.toContain("s3cr3t");
      expect(parse(text)).toMatchObject({
        env: [{ name: "MODE", value: "plain" }],
        secret: [{ envName: "PASSWORD", secretName: `${deployment.releaseName}-env`, secretKey: "PASSWORD" }],
      });
    };
    const first = await deployImage(world, admin, deployment);
    await expectNoSecret();
    await deployImage(world, admin, deployment);
    await rollBack(world, admin, deployment.id, first.id);
    await expectNoSecret();
    await ask(
      world,
      "mutation ($id: Uuid!) { updateDeployment(deploymentUuid: $id, executor: LocalExecutor) { id } }",
      { id: deployment.id },
      admin,
    );
    await runJob(world, "deployments.reconcile", { deploymentId: deployment.id });
    await expectNoSecret();
    const [leak] = await world.database.sql.query<{ n: number }>(
      "SELECT count(*) AS n FROM log_line WHERE message || fields::text LIKE '%s3cr3t%'",
    );
    expect(leak?.n).toBe(0);
  });

  test("goes with its Deployment", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await runJob(world, "deployments.remove", { releaseName: deployment.releaseName });
    await expect(textOf(deployment)).rejects.toThrow("ENOENT");
    await runJob(world, "deployments.remove", { releaseName: deployment.releaseName });
  });
});
