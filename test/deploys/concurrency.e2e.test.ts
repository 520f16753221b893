import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { startTestApp, type Answer, type TestApp } from "../world/app";
import {
  ask,
  createDeployment,
  deployImage,
  finish,
  headOf,
  ROLLBACK,
  signUpAdmin,
  UPDATE_IMAGE,
  uniqueName,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { ScriptedDriver } from "../builders/drivers";

const REQUESTS = 50;

describe("two replicas on one database", () => {
  let one: TestApp;
  let two: TestApp;
  let admin: string;
  const driver = new ScriptedDriver();

  beforeAll(async () => {
    one = await startTestApp({ workers: true, driver });
    two = await startTestApp({ workers: true, driver, database: one.database });
    admin = await signUpAdmin(one);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  interface Row {
    readonly id: string;
    readonly number: number;
    readonly status: string;
    readonly trigger: string;
    readonly finished: boolean;
    readonly rolledBackId: string | null;
    readonly createdAt: string;
  }

  /** What has to hold of any history once nothing is under way. */
  async function expectSoundHistory(deployment: BuiltDeployment, accepted: number): Promise<Row[]> {
    const { sql } = one.database;
    const rows = await sql.query<Row>(
      `SELECT id, number, status, trigger, finished_at IS NOT NULL AS finished, rolled_back_id AS "rolledBackId", created_at AS "createdAt"
       FROM deploy_revision WHERE deployment_id = $1 ORDER BY number`,
      [deployment.id],
    );
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: accepted }, (_, index) => index + 1));
    expect(rows.filter(({ status, finished }) => status === "INITIALIZED" || !finished)).toEqual([]);

    const [state] = await sql.query<{ head: string; current: string; last: number; pending: string | null }>(
      `SELECT head_revision_id AS head, current_revision_id AS current, last_revision_number AS last, pending_runtime_version AS pending
       FROM deployment WHERE id = $1`,
      [deployment.id],
    );
    expect(state).toEqual({
      head: rows.at(-1)?.id,
      current: rows.findLast(({ status }) => status === "DEPLOYED")?.id,
      last: accepted,
      pending: null,
    });
    expect(rows.at(-1)?.status).not.toBe("SUPERSEDED");

    const lines = await sql.query<{ id: string; event: string; times: number }>(
      `SELECT fields->>'revisionId' AS id, fields->>'event' AS event, count(*) AS times FROM log_line
       WHERE deployment_id = $1 AND fields ? 'revisionId' GROUP BY 1, 2`,
      [deployment.id],
    );
    const times = (id: string, event: string): number =>
      lines.find((line) => line.id === id && line.event === event)?.times ?? 0;
    for (const { id, status, trigger } of rows) {
      expect([times(id, "deploy_recorded"), times(id, "rollback_accepted")]).toEqual(
        trigger === "ROLLBACK" ? [0, 1] : [1, 0],
      );
      const final = { DEPLOYED: "deployed", FAILED: "failed", SUPERSEDED: "superseded" }[status] ?? "";
      expect(["deployed", "failed", "superseded"].map((event) => times(id, event))).toEqual(
        ["deployed", "failed", "superseded"].map((event) => (event === final ? 1 : 0)),
      );
    }
    return rows;
  }

  async function untilQuiet(deployment: BuiltDeployment): Promise<void> {
    await finish(one, (await headOf(one, deployment.id)).id);
    for (let waited = 0; waited < 10_000; waited += 25) {
      const jobs = await one.database.sql.query("SELECT 1 FROM graphile_worker.jobs WHERE queue_name = $1", [
        deployment.id,
      ]);
      if (jobs.length === 0) return;
      await sleep(25);
    }
    throw new Error("the queue never emptied");
  }

  test(`${REQUESTS} rollbacks and deploys at once leave one sound history`, async () => {
    const deployment = await createDeployment(one, admin);
    const targets: BuiltRevision[] = [];
    for (let n = 0; n < 4; n++) targets.push(await deployImage(one, admin, deployment));

    const request = (index: number): Promise<Answer> => {
      const world = index % 2 === 0 ? one : two;
      return index % 5 < 3
        ? world.send(
            ROLLBACK,
            { deploymentUuid: deployment.id, deployRevisionId: targets[index % 4]?.id, description: `no. ${index}` },
            admin,
          )
        : world.send(
            UPDATE_IMAGE,
            { releaseName: deployment.releaseName, image: `registry.example.com/airflow:${uniqueName("d")}` },
            admin,
          );
    };
    const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, index) => request(index)));
    const refusals = answers.flatMap(({ errors }) => errors ?? []);
    // The only reason that these may be refused for: somebody else has just asked for the same.
    expect(
      [...new Set(refusals.map(({ extensions }) => extensions.code))].filter((code) => code !== "TARGET_IS_CURRENT"),
    ).toEqual([]);
    const accepted = REQUESTS - refusals.length;
    expect(accepted).toBeGreaterThanOrEqual((REQUESTS * 2) / 5);

    await untilQuiet(deployment);
    const rows = await expectSoundHistory(deployment, 4 + accepted);
    expect(rows.at(-1)?.status).toBe("DEPLOYED");
    expect(driver.applied.get(deployment.releaseName)?.revisionNumber).toBe(4 + accepted);
    // What a rollback took away was current at that moment: DEPLOYED, and older than itself.
    for (const row of rows.filter(({ trigger }) => trigger === "ROLLBACK")) {
      const before = rows.find(({ id }) => id === row.rolledBackId);
      expect(before?.status).toBe("DEPLOYED");
      expect(before?.number).toBeLessThan(row.number);
    }
    // Each answer is a line of the history of its own.
    const numbers = answers.flatMap(({ data }) => (data?.rollbackDeploy ? [data.rollbackDeploy.number as number] : []));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("rollouts of one Deployment never run at the same time, and never backwards", async () => {
    const deployment = await createDeployment(one, admin);
    let inside = 0;
    let most = 0;
    const numbers: number[] = [];
    const apply = jest.spyOn(driver, "apply").mockImplementation(async ({ to }) => {
      most = Math.max(most, ++inside);
      numbers.push(to.revisionNumber);
      await sleep(30);
      inside--;
      return "applied";
    });
    try {
      for (let round = 0; round < 8; round++) {
        await Promise.all(
          [one, two].map((world) =>
            ask(
              world,
              UPDATE_IMAGE,
              { releaseName: deployment.releaseName, image: `registry.example.com/airflow:${uniqueName("d")}` },
              admin,
            ),
          ),
        );
        await sleep(20);
      }
      await untilQuiet(deployment);
    } finally {
      apply.mockRestore();
    }
    expect(most).toBe(1);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(numbers.at(-1)).toBe(16);
    await expectSoundHistory(deployment, 16);
  });

  test("failures in between change nothing of that", async () => {
    const deployment = await createDeployment(one, admin);
    const first = await deployImage(one, admin, deployment);
    driver.reject("rotten");
    const requests = Array.from({ length: 20 }, (_, index) => {
      const world = index % 2 === 0 ? one : two;
      const tag = index % 3 === 0 ? "rotten" : uniqueName("d");
      return index % 4 === 3
        ? world.send(
            ROLLBACK,
            { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "back" },
            admin,
          )
        : world.send(
            UPDATE_IMAGE,
            { releaseName: deployment.releaseName, image: `registry.example.com/airflow:${tag}` },
            admin,
          );
    });
    const answers = await Promise.all(requests);
    const accepted = answers.filter(({ errors }) => errors === undefined).length;
    await untilQuiet(deployment);
    const rows = await expectSoundHistory(deployment, 1 + accepted);
    const running = rows.findLast(({ status }) => status === "DEPLOYED");
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(running?.id);
  });

  test("Deployments do not wait for each other", async () => {
    const slow = await createDeployment(one, admin);
    const quick = await createDeployment(two, admin);
    const held = driver.hold("slow");
    const waiting = await deployImage(one, admin, slow, { image: "registry.example.com/airflow:slow", rollOut: false });
    await held.entered;
    expect((await deployImage(two, admin, quick)).status).toBe("DEPLOYED");
    held.open();
    expect((await finish(one, waiting.id)).status).toBe("DEPLOYED");
  });

  test("a switch turned off at the same moment either stops a rollback or comes after it", async () => {
    const deployment = await createDeployment(one, admin);
    const first = await deployImage(one, admin, deployment);
    await deployImage(one, admin, deployment);
    const [rollback] = await Promise.all([
      one.send(ROLLBACK, { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "x" }, admin),
      ask(
        two,
        "mutation ($id: Uuid!) { updateDeploymentRollback(deploymentUuid: $id, enabled: false) { id } }",
        { id: deployment.id },
        admin,
      ),
    ]);
    const events = await one.database.sql.query<{ event: string }>(
      `SELECT fields->>'event' AS event FROM log_line
       WHERE deployment_id = $1 AND fields->>'event' IN ('rollback_accepted', 'rollback_disabled') ORDER BY created_at, id`,
      [deployment.id],
    );
    const names = events.map(({ event }) => event);
    if (rollback.errors === undefined) expect(names).toHaveLength(2);
    else {
      expect(rollback.errors[0]?.extensions.code).toBe("ROLLBACK_DISABLED_FOR_DEPLOYMENT");
      expect(names).toEqual(["rollback_disabled"]);
    }
    await untilQuiet(deployment);
  });
});

test("what lies in the folder that two replicas share is what is current", async () => {
  const world = await startTestApp({ workers: true });
  const replica = await startTestApp({ workers: true, database: world.database, env: { DATA_DIR: world.dataDir } });
  try {
    const admin = await signUpAdmin(world);
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const one = index % 3 === 0 ? world : replica;
        return index % 2 === 0
          ? one.send(ROLLBACK, { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "x" }, admin)
          : one.send(
              UPDATE_IMAGE,
              { releaseName: deployment.releaseName, image: `registry.example.com/airflow:n${index}` },
              admin,
            );
      }),
    );
    const { id, number, status } = await finish(world, (await headOf(world, deployment.id)).id);
    expect(status).toBe("DEPLOYED");
    const values = parse(
      await readFile(join(world.dataDir, "releases", deployment.releaseName, "values.yaml"), "utf8"),
    );
    expect(values.retrograde).toMatchObject({ revision: number, revisionId: id });
  } finally {
    await replica.close();
    await world.close();
  }
});
