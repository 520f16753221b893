import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RolloutRejected } from "../../src/features/rollouts";
import { FilesystemDriver } from "../../src/features/rollouts/drivers/filesystem-driver";
import { Unavailable } from "../../src/kernel/errors";
import {
  applyOnce,
  ask,
  createDeployment,
  deployImage,
  finish,
  revisionOf,
  rollBack,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { uploadDags } from "../builders/dags";
import { ScriptedDriver } from "../builders/drivers";
import { placedDags } from "../builders/placed-dags";
import { buildRolloutRequest, ReleaseFolder } from "../builders/releases";
import { startFakeS3, type FakeS3 } from "../fakes/fake-s3";
import { startTestApp, type TestApp } from "../world/app";

const clock = new TestClock("2024-07-15T09:30:00.000Z");

async function rowOf(world: TestApp, revisionId: string) {
  const [row] = await world.database.sql.query<Record<string, unknown>>("SELECT * FROM deploy_revision WHERE id = $1", [
    revisionId,
  ]);
  return row ?? {};
}

const linesOf = (world: TestApp, revisionId: string): Promise<{ event: string; message: string }[]> =>
  world.database.sql.query(
    "SELECT fields->>'event' AS event, message FROM log_line WHERE fields->>'revisionId' = $1 ORDER BY id",
    [revisionId],
  );

async function dueInSeconds(world: TestApp, revisionId: string): Promise<number | undefined> {
  const [job] = await world.database.sql.query<{ seconds: number }>(
    "SELECT extract(epoch FROM run_at - updated_at)::float AS seconds FROM graphile_worker.jobs WHERE key = $1",
    [`apply:${revisionId}`],
  );
  return job?.seconds;
}

async function statusReasonOf(world: TestApp, token: string, deployment: BuiltDeployment): Promise<string | null> {
  const answer = await ask(
    world,
    "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 1) { nodes { statusReason } } }",
    { id: deployment.id },
    token,
  );
  return answer.deployRevisions.nodes[0].statusReason;
}

describe("a rollout whose dependency is unavailable", () => {
  let world: TestApp;
  let admin: string;
  const driver = new ScriptedDriver();
  const outage = new Unavailable("The store of DAG bundles cannot be used at present (TimeoutError)");
  beforeAll(async () => {
    world = await startTestApp({ driver, clock: clock.now, env: { WORKERS__RETRY_COUNT: "2" } });
    admin = await signUpAdmin(world);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => world.close());

  async function recorded() {
    const deployment = await createDeployment(world, admin);
    return { deployment, revision: await deployImage(world, admin, deployment, { rollOut: false }) };
  }

  test("is tried for an hour without a counted attempt, and works once the dependency is back", async () => {
    const { deployment, revision } = await recorded();
    const since = clock.at;
    const apply = jest.spyOn(driver, "apply").mockRejectedValue(outage);
    for (const [passedMs, delay] of [
      [0, 1],
      [1_000, 1],
      [1_000, 2],
      [14_000, 16],
      [44_000, 60],
      [3_539_999, 60],
    ] as const) {
      clock.pass(passedMs);
      await applyOnce(world, revision.id);
      expect(await rowOf(world, revision.id)).toMatchObject({
        status: "INITIALIZED",
        rollout_failures: 0,
        outage_since: since,
        finished_at: null,
      });
      expect(await dueInSeconds(world, revision.id)).toBe(Math.min(delay, 60));
      expect(await statusReasonOf(world, admin, deployment)).toBe(outage.message);
    }
    apply.mockRestore();
    await applyOnce(world, revision.id);
    expect(await rowOf(world, revision.id)).toMatchObject({
      status: "DEPLOYED",
      status_reason: null,
      outage_since: null,
      rollout_failures: 0,
    });
    const lines = await linesOf(world, revision.id);
    expect(lines.map(({ event }) => event)).toEqual([
      "deploy_recorded",
      "rollout_started",
      "rollout_waits",
      "deployed",
    ]);
    expect(lines[2]?.message).toBe(`Revision 1 waits for an outage to end: ${outage.message}`);
  });

  test("is FAILED with the reason once the outage has lasted an hour", async () => {
    const { revision } = await recorded();
    jest.spyOn(driver, "apply").mockRejectedValue(outage);
    await applyOnce(world, revision.id);
    clock.pass(3_600_000);
    await applyOnce(world, revision.id);
    expect(await rowOf(world, revision.id)).toMatchObject({ status: "FAILED", status_reason: outage.message });
  });

  test("shows the reason of each failed attempt at once; an outage in between costs none", async () => {
    const { deployment, revision } = await recorded();
    const errors = [new Error("first"), outage, new Error("second"), outage, new RolloutRejected("never")];
    for (const [n, error] of errors.entries()) {
      jest.spyOn(driver, "apply").mockRejectedValueOnce(error);
      await applyOnce(world, revision.id);
      expect(await statusReasonOf(world, admin, deployment)).toBe(error.message);
      expect(await rowOf(world, revision.id)).toMatchObject({
        rollout_failures: Math.ceil((n + 1) / 2),
        outage_since: error === outage ? clock.at : null,
      });
    }
    expect((await revisionOf(world, revision.id)).status).toBe("FAILED");
  });
});

describe("a store of DAG bundles that is away", () => {
  let world: TestApp;
  let s3: FakeS3;
  const keys = { accessKeyId: "access", secretAccessKey: "secret" };
  beforeAll(async () => {
    s3 = await startFakeS3({ bucket: "dags", ...keys });
    world = await startTestApp({
      clock: clock.now,
      env: {
        WORKERS__RETRY_COUNT: "0",
        DAG_BUNDLES__S3__BUCKET: "dags",
        DAG_BUNDLES__S3__ENDPOINT: s3.endpoint,
        DAG_BUNDLES__S3__ACCESS_KEY_ID: keys.accessKeyId,
        DAG_BUNDLES__S3__SECRET_ACCESS_KEY: keys.secretAccessKey,
        DAG_BUNDLES__S3__FORCE_PATH_STYLE: "true",
      },
    });
  });
  afterAll(async () => {
    await world.close();
    await s3.close();
  });

  test("fails no rollback", async () => {
    const admin = await signUpAdmin(world);
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const [a, b] = [{ "a.py": "a\n" }, { "b.py": "b\n" }];
    const first = await uploadDags(world, admin, deployment, a);
    await finish(world, first.id);
    await finish(world, (await uploadDags(world, admin, deployment, b)).id);

    const back = await rollBack(world, admin, deployment.id, first.id, { rollOut: false });
    s3.failNext(1_000, 503);
    await applyOnce(world, back.id);
    expect(await rowOf(world, back.id)).toMatchObject({
      status: "INITIALIZED",
      rollout_failures: 0,
      status_reason: expect.stringContaining("The store of DAG bundles cannot be used at present"),
    });
    expect(await placedDags(world, deployment)).toEqual(b);
    s3.failNext(0, 503);
    expect((await finish(world, back.id)).status).toBe("DEPLOYED");
    expect(await placedDags(world, deployment)).toEqual(a);
  });
});

describe("a data folder that cannot be used", () => {
  let release: ReleaseFolder;
  let bundle: string;
  beforeEach(async () => {
    release = await ReleaseFolder.create();
    bundle = release.trees.put({ "a.py": "a" });
  });
  afterEach(() => release.delete());

  test.each(["ENOSPC", "EACCES", "EROFS", "EIO", "EMFILE"])(
    "by %s is an outage, and its path is not shown",
    async (code) => {
      release.trees.onFile = () => {
        throw Object.assign(
          new Error(`${code}: the system's words, open '${release.root}/${ReleaseFolder.release}/.dags/a.py'`),
          { code, syscall: "open" },
        );
      };
      const failed = release.apply({ dagBundleSha256: bundle, dagDeploymentType: "dag_deploy" });
      await expect(failed).rejects.toBeInstanceOf(Unavailable);
      await expect(failed).rejects.toThrow(
        new RegExp(
          `^The data folder cannot be used at present \\(.*, ${code}\\): ${code}: .*, open '[^/]+/${ReleaseFolder.release}/.dags/a.py'$`,
        ),
      );
    },
  );

  test("because a file is in its way is refused for good, and its path is not shown", async () => {
    await writeFile(join(release.root, "file"), "");
    const failed = new FilesystemDriver(join(release.root, "file", "releases"), release.trees).apply(
      buildRolloutRequest(),
      new AbortController().signal,
    );
    await expect(failed).rejects.toBeInstanceOf(RolloutRejected);
    await expect(failed).rejects.toThrow(
      /^The folder of [\w-]+ cannot be made: a file stands in its place, or in that of a folder above it; move it away/,
    );
  });
});

test("an image that waits for DAGs says so, until they are there or the wait is over", async () => {
  const world = await startTestApp({ driver: new ScriptedDriver(), clock: clock.now });
  try {
    const admin = await signUpAdmin(world);
    const [kept, alone] = [
      await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } }),
      await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } }),
    ];
    const waits = `waits for DAGs until ${new Date(Date.parse(clock.at) + 30_000).toISOString().slice(11, 19)}Z`;
    const revision = await deployImage(world, admin, kept, { rollOut: false });
    expect(await statusReasonOf(world, admin, kept)).toBe(waits);
    expect((await linesOf(world, revision.id))[0]?.message).toMatch(new RegExp(`; ${waits}$`));
    await uploadDags(world, admin, kept, { "a.py": "a\n" });
    expect(await statusReasonOf(world, admin, kept)).toBeNull();

    const other = await deployImage(world, admin, alone, { rollOut: false });
    await applyOnce(world, other.id);
    expect(await rowOf(world, other.id)).toMatchObject({ status: "DEPLOYED", status_reason: null });
    const image = await createDeployment(world, admin);
    await deployImage(world, admin, image, { rollOut: false });
    expect(await statusReasonOf(world, admin, image)).toBeNull();
  } finally {
    await world.close();
  }
});
