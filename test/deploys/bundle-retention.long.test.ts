import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "../../src/kernel/ids";
import { DAY_MS, minusDays, toInstant } from "../../src/kernel/instant";
import { createDeployment, finish, signUpAdmin, type BuiltDeployment } from "../builders/api";
import { dagArchive, sha256Of, uploadDags, type Files, type UploadedRevision } from "../builders/dags";
import { TestClock } from "../builders/clock";
import { startTestApp, type TestApp } from "../world/app";

const NOW = "2024-07-15T09:30:00.000Z";
const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const HOUR_MS = 60 * 60_000;

let world: TestApp;
let admin: string;
const clock = new TestClock(NOW);
beforeEach(async () => {
  clock.at = NOW;
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterEach(() => world.close());

const bundles = () => world.app.features.bundles;
const cleanUp = (dryRun = false) => world.app.features.deploys.cleanUp.execute({ dryRun });
const deploy = async (deployment: BuiltDeployment, files: Files): Promise<UploadedRevision> => {
  const revision = await uploadDags(world, admin, deployment, files);
  await finish(world, revision.id);
  clock.pass(1_000);
  return revision;
};
const age = (revision: UploadedRevision): Promise<unknown[]> =>
  world.database.sql.query("UPDATE deploy_revision SET created_at = $2 WHERE id = $1", [
    revision.id,
    minusDays(NOW, 100),
  ]);
const count = async (table: string): Promise<number> =>
  (await world.database.sql.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`))[0]!.count;
const stored = async (): Promise<string[]> => {
  const names: string[] = [];
  for await (const { sha256 } of bundles().store.list()) if (sha256 !== null) names.push(sha256);
  return names.sort();
};
const archiveOf = async (revision: UploadedRevision): Promise<string> => {
  const [row] = await world.database.sql.query<{ sha256: string }>(
    "SELECT b.archive_sha256 AS sha256 FROM dag_bundle b JOIN deploy_revision r ON r.deployment_id = b.deployment_id AND r.dag_tarball_version = b.version WHERE r.id = $1",
    [revision.id],
  );
  return row!.sha256;
};

describe("the clean-up", () => {
  test("takes bundles that no revision names, row and bytes, and keeps all others", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const old = await deploy(deployment, { "a.py": "1" });
    const kept = await deploy(deployment, { "a.py": "2" });
    await age(old);
    expect(await cleanUp(true)).toMatchObject({ deletedRevisions: 1, deletedBundles: 1 });
    expect(await count("dag_bundle")).toBe(2);
    expect(await cleanUp()).toMatchObject({ deletedRevisions: 1, deletedBundles: 1 });
    expect(await stored()).toEqual([await archiveOf(kept)]);
    expect([
      await count("dag_bundle"),
      await count("dag_archive"),
      await count("dag_archive_file"),
      await count("dag_archive_removal"),
    ]).toEqual([1, 1, 1, 0]);
    expect(await cleanUp()).toMatchObject({ deletedRevisions: 0, deletedBundles: 0 });
  });

  test("goes through many bundles step by step, and finds those between others that are kept", async () => {
    const deployments = [
      await createDeployment(world, admin, DAG_ONLY),
      await createDeployment(world, admin, DAG_ONLY),
    ];
    const kept: string[] = [];
    for (const deployment of deployments)
      kept.push(await archiveOf(await deploy(deployment, { "a.py": deployment.id })));
    await world.database.sql.query(
      `WITH archive AS (
         INSERT INTO dag_archive (sha256, size_bytes, file_count, created_at) SELECT encode(sha256(n::text::bytea), 'hex'), 1, 0, $2 FROM generate_series(1, 700) n
         RETURNING sha256
       )
       INSERT INTO dag_bundle (deployment_id, version, archive_sha256, created_at)
       SELECT id, substr(sha256, 1, 20), sha256, $2 FROM archive, unnest($1::uuid[]) AS one (id)`,
      [deployments.map(({ id }) => id), NOW],
    );
    expect(await cleanUp(true)).toMatchObject({ deletedBundles: 1_400 });
    expect(await cleanUp()).toMatchObject({ deletedBundles: 1_400 });
    expect([await count("dag_bundle"), await count("dag_archive"), await count("dag_archive_removal")]).toEqual([
      2, 2, 0,
    ]);
    expect(await stored()).toEqual(kept.sort());
  });

  test("keeps bytes that another Deployment's bundle shares, until that goes too", async () => {
    const [one, two] = [await createDeployment(world, admin, DAG_ONLY), await createDeployment(world, admin, DAG_ONLY)];
    const files = { "shared.py": "1" };
    const [first, second] = [await deploy(one, files), await deploy(two, files)];
    await deploy(one, { "other.py": "2" });
    const shared = await archiveOf(second);
    await age(first);
    expect(await cleanUp()).toMatchObject({ deletedBundles: 1 });
    expect(await stored()).toContain(shared);
    await world.database.sql.query("DELETE FROM deployment WHERE id = $1", [two.id]);
    await cleanUp();
    expect(await stored()).not.toContain(shared);
  });

  test("goes on where it was interrupted: bytes whose record is gone already go with the next run", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const old = await deploy(deployment, { "a.py": "1" });
    await deploy(deployment, { "a.py": "2" });
    await age(old);
    const { store } = bundles();
    const broken = jest.spyOn(store, "delete").mockRejectedValueOnce(new Error("killed"));
    await expect(cleanUp()).rejects.toThrow("killed");
    expect([(await stored()).length, await count("dag_archive"), await count("dag_archive_removal")]).toEqual([
      2, 1, 1,
    ]);
    broken.mockRestore();
    await cleanUp();
    expect([(await stored()).length, await count("dag_archive_removal")]).toEqual([1, 0]);
  });

  test("spares bytes that are uploaded again before they go", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const files = { "a.py": "1" };
    const old = await deploy(deployment, files);
    await deploy(deployment, { "a.py": "2" });
    await age(old);
    const { store, cleanUp: archives } = bundles();
    const sha256 = await archiveOf(old);
    jest.spyOn(store, "delete").mockRejectedValueOnce(new Error("killed"));
    await expect(cleanUp()).rejects.toThrow("killed");
    await deploy(deployment, files);
    clock.pass(2 * HOUR_MS);
    await archives.execute();
    expect(await stored()).toContain(sha256);
  });

  test("takes bytes of an upload that was never recorded, once it cannot be under way any more", async () => {
    const orphan = "ab".repeat(32);
    await writeFile(join(world.dataDir, "x"), "x");
    const { store, cleanUp: archives } = bundles();
    await world.database.sql.query("INSERT INTO dag_archive_removal (sha256, due_at) VALUES ($1, $2)", [
      orphan,
      "2024-07-15T10:30:00Z",
    ]);
    await deploy(await createDeployment(world, admin, DAG_ONLY), { "a.py": "1" });
    const removed = jest.spyOn(store, "delete");
    await archives.execute();
    expect(removed).not.toHaveBeenCalled();
    clock.pass(HOUR_MS);
    await archives.execute();
    expect(removed).toHaveBeenCalledWith(orphan);
  });

  test("takes what killed processes have left of uploads", async () => {
    const folder = join(world.dataDir, "uploads");
    await deploy(await createDeployment(world, admin, DAG_ONLY), { "a.py": "1" });
    for (const name of ["old.upload", "young.upload", "foreign.txt"]) await writeFile(join(folder, name), "x");
    const longAgo = new Date(Date.now() - 2 * DAY_MS);
    for (const name of ["old.upload", "foreign.txt"]) await utimes(join(folder, name), longAgo, longAgo);
    await cleanUp();
    expect((await readdir(folder)).sort()).toEqual(["foreign.txt", "young.upload"]);
  });
});

describe("fsck", () => {
  const fsck = () => bundles().checkStore.execute();
  const repair = async ({ removeMost = false } = {}) => {
    const plan = await bundles().repairStore.plan(await fsck(), { removeMost });
    return { ...plan, removed: await bundles().repairStore.carryOut(plan) };
  };
  /** Orphans are as old as their files, which the test's clock knows nothing of. */
  const twoDaysLater = (): void => void (clock.at = toInstant(Date.now() + 2 * DAY_MS));
  /** Returns the archives of a Deployment that is gone; those of another one stay recorded. */
  const arrange = async (orphans: number, kept: number): Promise<string[]> => {
    const [gone, stays] = [
      await createDeployment(world, admin, DAG_ONLY),
      await createDeployment(world, admin, DAG_ONLY),
    ];
    const archives: string[] = [];
    for (let number = 0; number < orphans; number++)
      archives.push(await archiveOf(await deploy(gone, { "a.py": `gone ${number}` })));
    for (let number = 0; number < kept; number++) await deploy(stays, { "a.py": `kept ${number}` });
    await world.database.sql.query("DELETE FROM deployment WHERE id = $1", [gone.id]);
    await world.database.sql.query("DELETE FROM dag_archive WHERE sha256 = ANY($1)", [archives]);
    return archives.sort();
  };

  test("finds nothing where all is well", async () => {
    await deploy(await createDeployment(world, admin, DAG_ONLY), { "a.py": "1" });
    expect(await fsck()).toEqual({ archives: 1, stored: 1, damaged: [], orphans: [], strays: [] });
  });

  test("names what is recorded and not stored, and which bundles suffer", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const revision = await deploy(deployment, { "a.py": "1" });
    const sha256 = await archiveOf(revision);
    await rm(join(world.dataDir, "bundles", sha256.slice(0, 2), `${sha256}.tar.gz`));
    const { id: deploymentId, releaseName } = deployment;
    const holder = { deploymentId, releaseName, version: revision.dagTarballVersion, createdAt: NOW, isCurrent: true };
    const damaged = [{ sha256, state: "MISSING", bundles: [holder] }];
    expect(await fsck()).toEqual({ archives: 1, stored: 0, damaged, orphans: [], strays: [] });
    expect(await repair()).toMatchObject({ removed: 0 });
    await uploadDags(world, admin, deployment, { "a.py": "1" });
    expect((await fsck()).damaged).toEqual([]);
  });

  test("an archive that was stored as it came is whole again once it is uploaded again", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const files = { "a.py": deployment.id };
    const { dagTarballVersion } = await uploadDags(world, admin, deployment, files);
    const sha256 = sha256Of(dagArchive(files));
    await world.database.sql.query(
      "INSERT INTO dag_archive (sha256, size_bytes, file_count, created_at) VALUES ($1, $2, 1, $3)",
      [sha256, dagArchive(files).length, NOW],
    );
    await world.database.sql.query(
      "UPDATE dag_bundle SET archive_sha256 = $1 WHERE deployment_id = $2 AND version = $3",
      [sha256, deployment.id, dagTarballVersion],
    );
    expect(await fsck()).toMatchObject({ damaged: [{ sha256, state: "MISSING" }] });
    await uploadDags(world, admin, deployment, files);
    expect(await fsck()).toMatchObject({ damaged: [] });
    expect(await stored()).toContain(sha256);
  });

  test("mentions what is none of its own, and leaves it alone", async () => {
    await arrange(1, 2);
    await writeFile(join(world.dataDir, "bundles", "notes.txt"), "x");
    twoDaysLater();
    expect(await fsck()).toMatchObject({ strays: ["notes.txt"] });
    expect(await repair()).toMatchObject({ removed: 1 });
    expect(await readdir(join(world.dataDir, "bundles"))).toContain("notes.txt");
  });

  test("removes stored archives without a record, but none that is younger than a day", async () => {
    const orphans = await arrange(1, 2);
    clock.at = toInstant(Date.now() + DAY_MS / 2);
    expect(await repair()).toMatchObject({ remove: [], young: 1, removed: 0, refusal: null });
    expect(await stored()).toEqual(expect.arrayContaining(orphans));
    twoDaysLater();
    expect(await repair()).toMatchObject({ remove: [{ sha256: orphans[0] }], young: 0, removed: 1 });
    expect(await stored()).not.toEqual(expect.arrayContaining(orphans));
    expect(await stored()).toHaveLength(2);
  });

  test("does not remove most of a store, unless told to: the database may be the wrong one", async () => {
    await arrange(3, 2);
    twoDaysLater();
    expect(await repair()).toMatchObject({ removed: 0, refusal: expect.stringContaining("right database") });
    expect(await stored()).toHaveLength(5);
    expect(await repair({ removeMost: true })).toMatchObject({ removed: 3, refusal: null });
    expect(await stored()).toHaveLength(2);
  });

  test("removes nothing of a store that another installation uses, and neither does the clean-up", async () => {
    await arrange(1, 3);
    const other = newId();
    await bundles().store.marks.add(other);
    twoDaysLater();
    expect(await repair({ removeMost: true })).toMatchObject({ removed: 0, refusal: expect.stringContaining(other) });
    await world.database.sql.query(
      "INSERT INTO dag_archive_removal (sha256, due_at) SELECT sha256, $2 FROM unnest($1::text[]) AS one (sha256)",
      [await stored(), NOW],
    );
    await bundles().cleanUp.execute();
    expect(await stored()).toHaveLength(4);
    await bundles().claim.takeOver();
    expect(await bundles().store.marks.list()).not.toContain(other);
    await bundles().cleanUp.execute();
    expect(await stored()).toHaveLength(3);
  });

  test("does not remove what an upload under way has stored", async () => {
    const [sha256] = await arrange(1, 2);
    twoDaysLater();
    await world.database.sql.query("INSERT INTO dag_archive_removal (sha256, due_at) VALUES ($1, $2)", [
      sha256,
      toInstant(Date.now() + 3 * DAY_MS),
    ]);
    expect(await repair()).toMatchObject({ removed: 0 });
    expect(await stored()).toHaveLength(3);
  });
});
