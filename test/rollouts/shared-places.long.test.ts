import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createDeployment, finish, signUpAdmin } from "../builders/api";
import { uploadDags } from "../builders/dags";
import { startFakeS3, type FakeS3 } from "../fakes/fake-s3";
import { startTestApp, type TestApp, type TestAppOptions } from "../world/app";
import { createTestDatabase } from "../world/database";
import { startLoggedApp } from "../world/logged-app";

const MAIN = join(__dirname, "..", "..", "dist", "src", "main.js");
const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const LATER_MS = 2 * 24 * 60 * 60_000;

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let close = open.pop(); close !== undefined; close = open.pop()) await close();
});
const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), "retrograde-places-"));
  open.push(() => rm(path, { recursive: true, force: true }));
  return path;
};
const start = async (options: TestAppOptions): Promise<TestApp> => {
  const world = await startTestApp(options);
  open.push(() => world.close());
  return world;
};
const withDags = async (world: TestApp, name: string): Promise<string> => {
  const admin = await signUpAdmin(world);
  const deployment = await createDeployment(world, admin, DAG_ONLY);
  for (const number of [1, 2, 3])
    await finish(world, (await uploadDags(world, admin, deployment, { "a.py": `${name} ${number}` })).id);
  return deployment.releaseName;
};
const marksOf = (world: TestApp) => world.app.features.bundles.store.marks;
const storedIn = async (world: TestApp): Promise<number> => {
  let stored = 0;
  for await (const { sha256 } of world.app.features.bundles.store.list()) if (sha256 !== null) stored++;
  return stored;
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

/** A command as an operator runs it. */
const retrograde = (world: TestApp, args: string[], env: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const all = {
      PATH: process.env["PATH"],
      DATABASE_URL: world.database.url,
      DATA_DIR: world.dataDir,
      SECRETS__ENCRYPTION_KEYS: world.config.secrets.encryptionKeys.join(),
      ...env,
    };
    execFile(process.execPath, [MAIN, ...args], { env: all }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), stdout }),
    );
  });

describe("two installations on one bucket", () => {
  let s3: FakeS3;
  let env: Record<string, string>;
  beforeEach(async () => {
    const keys = { accessKeyId: "test", secretAccessKey: "secret" };
    s3 = await startFakeS3({ bucket: "shared", ...keys });
    open.push(() => s3.close());
    env = {
      DAG_BUNDLES__S3__BUCKET: "shared",
      DAG_BUNDLES__S3__ENDPOINT: s3.endpoint,
      DAG_BUNDLES__S3__ACCESS_KEY_ID: keys.accessKeyId,
      DAG_BUNDLES__S3__SECRET_ACCESS_KEY: keys.secretAccessKey,
      DAG_BUNDLES__S3__FORCE_PATH_STYLE: "true",
    };
  });

  test("a new one does not start there, and starts under a prefix of its own", async () => {
    await withDags(await start({ env }), "one");
    await expect(start({ env })).rejects.toThrow(
      /s3:\/\/shared\/dag-bundles\/ belongs to another installation .+dagBundles\.s3\.prefix/,
    );
    await start({ env: { ...env, DAG_BUNDLES__S3__PREFIX: "two/" } });
  });

  test("those that were there before there were marks go on, and neither removes anything of the other", async () => {
    const one = await start({ env });
    await withDags(one, "one");
    // Started elsewhere, so that it has a history; then its bundles are where the other's are, as with an earlier
    // version.
    const two = await start({ env: { ...env, DAG_BUNDLES__S3__PREFIX: "two/" } });
    await withDags(two, "two");
    for (const [name, object] of [...s3.objects]) {
      if (!name.includes("installation-"))
        s3.objects.set(name.replace("/two/", "/dag-bundles/"), {
          ...object,
          modifiedAt: new Date(Date.now() - LATER_MS),
        });
      if (name.includes("/two/")) s3.objects.delete(name);
    }
    const moved = { ...two, config: { ...two.config, bundles: one.config.bundles } };
    const logged = await startLoggedApp(moved);
    open.push(() => logged.close());
    expect(logged.lines.find(({ msg }) => String(msg).includes("used by other installations too"))).toMatchObject({
      level: 50,
    });
    expect(await marksOf(one).list()).toHaveLength(2);

    const ended = await retrograde(one, ["fsck", "--repair", "--remove-most"], env);
    expect(ended).toMatchObject({
      code: 4,
      stdout: expect.stringContaining(
        "Nothing was removed: s3://shared/dag-bundles/ is also used by other installations",
      ),
    });
    const { checkStore, repairStore } = logged.app.features.bundles;
    expect(await repairStore.carryOut(await repairStore.plan(await checkStore.execute(), { removeMost: true }))).toBe(
      0,
    );
    expect(await storedIn(one)).toBe(6);

    await logged.app.features.bundles.claim.takeOver();
    expect(await marksOf(one).list()).toHaveLength(1);
  });

  test("a store that is away is no reason not to start", async () => {
    const world = await start({ env });
    await withDags(world, "one");
    s3.failNext(1_000, 503);
    const logged = await startLoggedApp(world);
    open.push(() => logged.close());
    expect(logged.lines.find(({ msg }) => String(msg).includes("could not be marked"))).toMatchObject({ level: 40 });
  });
});

test("a new installation does not start on the folder of another, until it takes its place", async () => {
  const dataDir = await folder();
  const former = await startTestApp({ dataDir });
  await withDags(former, "former");
  await former.close();
  const database = await createTestDatabase();
  open.push(() => database.drop());
  await expect(start({ dataDir, database })).rejects.toThrow(
    /folder of DAG bundles .+ belongs to another installation .+DATA_DIR/,
  );
  expect((await readdir(join(dataDir, "bundles"))).filter((name) => name.startsWith("installation-"))).toHaveLength(1);
  const world: TestApp = { ...former, database, dataDir };
  expect((await retrograde(world, ["restored", "--take-over"])).code).toBe(0);
  await start({ dataDir, database });
});

test("a start warns of a data folder that is not the one of other replicas", async () => {
  const one = await start({ workers: true });
  const same = await startLoggedApp(one);
  open.push(() => same.close());
  const warnings = ({ lines }: { lines: Record<string, unknown>[] }) =>
    lines.map(({ msg }) => String(msg)).filter((msg) => msg.includes("all replicas have to use the same one"));
  expect(warnings(same)).toEqual([]);
  const elsewhere = await startLoggedApp({ ...one, config: { ...one.config, dataDir: await folder() } });
  open.push(() => elsewhere.close());
  expect(warnings(elsewhere)).toEqual([
    expect.stringMatching(/^The folder of DAG bundles/),
    expect.stringMatching(/^The folder of releases/),
  ]);
  expect(warnings(elsewhere)[0]).toContain(`${one.dataDir}/bundles on ${hostname()}`);
});

test("fsck says in words what is wrong and what to do, and in its exit code", async () => {
  const world = await start({});
  const releaseName = await withDags(world, "one");
  const [archive] = (await readdir(join(world.dataDir, "bundles"), { recursive: true })).filter((name) =>
    name.endsWith(".tar.gz"),
  );
  await rm(join(world.dataDir, "bundles", archive!));
  const ended = await retrograde(world, ["fsck"]);
  expect(ended.code).toBe(3);
  expect(ended.stdout).toMatch(
    new RegExp(`MISSING [0-9a-f]{64}\n {2}${releaseName} {2}version .+, uploaded .+\nUpload the same DAG files`),
  );
  const json = await retrograde(world, ["fsck", "--json", "--repair"]);
  expect(json.code).toBe(3);
  expect(JSON.parse(json.stdout)).toMatchObject({
    archives: 3,
    stored: 2,
    damaged: [{ state: "MISSING", bundles: [{ releaseName }] }],
    repair: { removable: 0, removed: 0, refusal: null },
  });
});
