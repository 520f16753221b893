import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ask, createDeployment, finish, rollBack, signUpAdmin, type BuiltDeployment } from "../builders/api";
import { uploadDags, type Files } from "../builders/dags";
import { placedDags } from "../builders/placed-dags";
import { startTestApp, type TestApp, type TestAppOptions } from "../world/app";
import { backUp, createTestDatabase, type TestDatabase } from "../world/database";
import { startLoggedApp } from "../world/logged-app";

const MAIN = join(__dirname, "..", "..", "dist", "src", "main.js");
const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const filesOf = (name: string): Files => ({ "etl.py": name });

/** Of the installation before the restore. */
let lost: { dataDir: string; database: TestDatabase; backup: TestDatabase };
/** Of the test: a copy of that folder, and of the backup. */
let dataDir: string;
let restored: TestDatabase;
let admin: string;
let deployment: BuiltDeployment;
let quiet: BuiltDeployment;

const inWorld = async <T>(options: TestAppOptions, work: (world: TestApp) => Promise<T>): Promise<T> => {
  const world = await startTestApp({ dataDir, ...options });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
};

const upload = async (world: TestApp, on: BuiltDeployment, name: string) => {
  const { id } = await uploadDags(world, admin, on, filesOf(name));
  return { ...(await finish(world, id)), name };
};

const reasonOf = async (world: TestApp, id: string): Promise<string> =>
  (await ask(world, "query ($id: Uuid!) { deployRevision(id: $id) { statusReason } }", { id }, admin)).deployRevision
    .statusReason;

/** Runs the command as an operator does. */
const sayRestored = async (): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, [MAIN, "restored"], {
      env: {
        PATH: process.env["PATH"],
        DATABASE_URL: restored.url,
        DATA_DIR: dataDir,
        SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
      },
    })
  ).stdout;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "retrograde-restore-"));
  const first = await createTestDatabase();
  await inWorld({ database: first }, async (world) => {
    admin = await signUpAdmin(world);
    [deployment, quiet] = [
      await createDeployment(world, admin, DAG_ONLY),
      await createDeployment(world, admin, DAG_ONLY),
    ];
    for (let number = 1; number <= 5; number++) await upload(world, deployment, `before ${number}`);
    await upload(world, quiet, "before");
  });
  lost = { dataDir, ...(await backUp(first)) };
  await inWorld({ database: lost.database }, async (world) => {
    for (let number = 6; number <= 10; number++) await upload(world, deployment, `lost ${number}`);
    await upload(world, quiet, "lost");
  });
});
afterAll(async () => {
  await lost.database.drop();
  await lost.backup.drop();
  await rm(lost.dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  const { database, backup } = await backUp(lost.backup);
  lost.backup = database;
  restored = backup;
  dataDir = await mkdtemp(join(tmpdir(), "retrograde-restore-"));
  await cp(lost.dataDir, dataDir, { recursive: true, verbatimSymlinks: true });
});
afterEach(async () => {
  await restored.drop();
  await rm(dataDir, { recursive: true, force: true });
});

test("after a restore no deploy is DEPLOYED that is not on disk, and a start reports it", async () => {
  await inWorld({ database: restored }, async (world) => {
    const first = await upload(world, deployment, "after 6");
    const revisions = [first, await upload(world, deployment, "after 7"), await upload(world, deployment, "after 8")];
    for (const { id, number, status } of revisions) {
      expect({ number, status }).toEqual({ number: expect.any(Number), status: "FAILED" });
      expect(await reasonOf(world, id)).toContain('run "retrograde restored"');
    }
    const [target] = (
      await ask(
        world,
        "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 10) { nodes { id number } } }",
        { id: deployment.id },
        admin,
      )
    ).deployRevisions.nodes.filter(({ number }: { number: number }) => number === 3);
    expect((await rollBack(world, admin, deployment.id, target.id)).status).toBe("FAILED");
    expect(await placedDags(world, deployment)).toEqual(filesOf("lost 10"));

    const workersOn = { ...world, config: { ...world.config, workers: { ...world.config.workers, enabled: true } } };
    const logged = await startLoggedApp(workersOn);
    try {
      const reported = () =>
        logged.lines.find(
          ({ msg }) => String(msg).includes('run "retrograde restored"') && !String(msg).startsWith("The target"),
        );
      for (let waited = 0; waited < 30_000 && reported() === undefined; waited += 50) await sleep(50);
      expect(reported()).toMatchObject({
        level: 50,
        releases: 2,
        some: expect.stringContaining(deployment.releaseName),
      });
    } finally {
      await logged.close();
    }
  });
});

test("`retrograde restored` brings the folder to what the history says, and everything works from there", async () => {
  expect(await sayRestored()).toContain("2 Deployments will be put back");
  await inWorld({ database: restored, workers: true }, async (world) => {
    for (const [on, name] of [
      [deployment, "before 5"],
      [quiet, "before"],
    ] as const) {
      for (let waited = 0; waited < 60_000 && (await placedDags(world, on))?.["etl.py"] !== name; waited += 50)
        await sleep(50);
      expect(await placedDags(world, on)).toEqual(filesOf(name));
    }
    for (let number = 6; number <= 8; number++) {
      expect(await upload(world, deployment, `after ${number}`)).toMatchObject({ number, status: "DEPLOYED" });
      expect(await placedDags(world, deployment)).toEqual(filesOf(`after ${number}`));
    }
    const values = await readFile(join(dataDir, "releases", deployment.releaseName, "values.yaml"), "utf8");
    expect(values).toMatch(/epoch: \d{13}\n/);
  });
});

test("the same backup restored twice begins a later epoch each time", async () => {
  const { database: once, backup: twice } = await backUp(restored);
  restored = once;
  try {
    const epochOf = async (copy: TestDatabase): Promise<number> =>
      inWorld({ database: copy }, async ({ app }) => (await app.features.rollouts.beginEpoch.execute()).epoch);
    const first = await epochOf(once);
    await inWorld({ database: once }, (world) => upload(world, deployment, "after 6"));
    expect(await epochOf(twice)).toBeGreaterThan(first);
    await inWorld({ database: twice }, async (world) => {
      expect((await upload(world, deployment, "again")).status).toBe("DEPLOYED");
      expect(await placedDags(world, deployment)).toEqual(filesOf("again"));
    });
  } finally {
    await twice.drop();
  }
});
