import fs from "node:fs/promises";
import { join } from "node:path";
import { filesIn, ReleaseFolder, type Files, releaseNamed } from "../../../../test/builders/releases";
import { RolloutRejected } from "../app/rollout-driver";

const MINUTE_MS = 60_000;
const A: Files = { "a.py": "A" };
const B: Files = { "b.py": "B" };

let release: ReleaseFolder;
let a: string;
let b: string;
beforeEach(async () => {
  release = await ReleaseFolder.create();
  [a, b] = [release.trees.put(A), release.trees.put(B)];
});
afterEach(() => release.delete());

describe("what a person has put at dags", () => {
  const THEIRS: Files = { "mine.py": "hands off" };
  const PUT: [string, () => Promise<void>][] = [
    [
      "a folder",
      async () => {
        await fs.mkdir(release.path("dags"), { recursive: true });
        await fs.writeFile(release.path("dags", "mine.py"), "hands off");
      },
    ],
    [
      "a link",
      async () => {
        await fs.mkdir(join(release.root, "elsewhere"));
        await fs.writeFile(join(release.root, "elsewhere", "mine.py"), "hands off");
        await fs.mkdir(release.folder, { recursive: true });
        await fs.symlink("../elsewhere", release.path("dags"));
      },
    ],
  ];

  test.each(PUT)("%s is refused, and nothing changes", async (_name, put) => {
    await put();
    const rollout = release.apply({ dagBundleSha256: a });
    await expect(rollout).rejects.toThrow(RolloutRejected);
    await expect(rollout).rejects.toThrow(`"dags" in the folder of ${ReleaseFolder.release} is not of our making`);
    expect(await release.dags()).toEqual(THEIRS);
    expect(release.trees.unpacked).toEqual([]);
    expect(await release.exists("values.yaml")).toBe(false);
  });

  test.each(PUT)("%s while the bundle is unpacked is refused at the switch", async (_name, put) => {
    release.trees.onFile = put;
    await expect(release.apply({ dagBundleSha256: b })).rejects.toThrow(RolloutRejected);
    expect(await release.dags()).toEqual(THEIRS);
    expect(await release.kept()).toEqual([]);
  });

  test.each(PUT)("%s stays where the state has no bundle", async (_name, put) => {
    await put();
    await release.apply();
    expect(await release.dags()).toEqual(THEIRS);
  });

  test.each(PUT)("%s survives that the release is taken down", async (_name, put) => {
    await put();
    await release.apply();
    await release.driver.remove(releaseNamed(ReleaseFolder.release));
    expect(await release.dags()).toEqual(THEIRS);
    expect(await fs.readdir(release.folder)).toEqual(["dags"]);
  });
});

describe("an old tree", () => {
  beforeEach(() => release.apply({ dagBundleSha256: a }));

  test("stays for readers that are still in it, however long it was live", async () => {
    const opened = await fs.realpath(release.path("dags"));
    await fs.utimes(opened, new Date(0), new Date(0));
    await release.apply({ generation: 2, dagBundleSha256: b });
    release.aheadMs = 9 * MINUTE_MS;
    await release.driver.tidy();
    expect(await filesIn(opened)).toEqual(A);
  });

  test("goes ten minutes after it was replaced", async () => {
    await release.apply({ generation: 2, dagBundleSha256: b });
    release.aheadMs = 11 * MINUTE_MS;
    await release.driver.tidy();
    expect([await release.dags(), (await release.kept()).length]).toEqual([B, 1]);
  });

  test("goes with a later rollout of the release, be it one that changes nothing", async () => {
    await release.apply({ generation: 2, dagBundleSha256: b });
    release.aheadMs = 11 * MINUTE_MS;
    await release.apply({ generation: 2, dagBundleSha256: b });
    expect([await release.dags(), (await release.kept()).length]).toEqual([B, 1]);
  });

  test("goes ten minutes after the last bundle went away", async () => {
    await fs.utimes(await fs.realpath(release.path("dags")), new Date(0), new Date(0));
    await release.apply({ generation: 2 });
    expect(await release.kept()).toHaveLength(1);
    release.aheadMs = 11 * MINUTE_MS;
    await release.driver.tidy();
    expect(await release.kept()).toEqual([]);
  });

  test("that cannot be removed fails no rollout, and tidy tells of it after all others are gone", async () => {
    await release.apply({ generation: 2, dagBundleSha256: b });
    await release.apply({ generation: 3, dagBundleSha256: a });
    await release.apply({ releaseName: "zodiacal-light-1", dagBundleSha256: a });
    await release.apply({ releaseName: "zodiacal-light-1", generation: 2 });
    release.aheadMs = 11 * MINUTE_MS;
    const actual = fs.rm;
    const remove = jest.spyOn(fs, "rm").mockImplementation(async (path, options) => {
      if (String(path).includes(`${ReleaseFolder.release}/.dags/1-`)) throw new Error("held by another");
      await actual(path, options);
    });
    try {
      await release.apply({ generation: 3, dagBundleSha256: a });
      await expect(release.driver.tidy()).rejects.toThrow(
        `some releases could not be tidied up: ${ReleaseFolder.release}: held by another`,
      );
    } finally {
      remove.mockRestore();
    }
    expect((await release.kept()).map((name) => name.split("-")[0])).toEqual(["1", "3"]);
    expect(await fs.readdir(join(release.root, "zodiacal-light-1", ".dags"))).toEqual([]);
    expect(await release.dags()).toEqual(A);
  });
});

describe("tidying", () => {
  test("before there is any release is fine", async () => {
    await fs.rm(release.root, { recursive: true });
    await release.driver.tidy();
  });

  test("never takes the live tree, old as it may be", async () => {
    await release.apply({ dagBundleSha256: a });
    release.aheadMs = 1_000 * 24 * 60 * MINUTE_MS;
    await release.driver.tidy();
    expect(await release.dags()).toEqual(A);
  });

  test("takes what a cut-off attempt has left, but not of one that may be under way", async () => {
    const name = `2-${a}-${"0".repeat(16)}`;
    await release.apply({ dagBundleSha256: a });
    await fs.symlink(`.dags/${name}`, release.path(".dags", `${name}.link`));
    await fs.mkdir(release.path(".dags", name));
    await fs.writeFile(release.path(".dags", name, "a.py"), "half of");
    await fs.symlink(`.dags/3${name.slice(1)}`, release.path(".dags", `3${name.slice(1)}.link`));
    await fs.writeFile(release.path(`values.yaml.${"0".repeat(16)}.next`), "half of");
    const before = await release.kept();
    release.aheadMs = 59 * MINUTE_MS;
    await release.driver.tidy();
    expect(await release.kept()).toEqual(before);
    release.aheadMs = 61 * MINUTE_MS;
    await release.driver.tidy();
    expect(await release.kept()).toHaveLength(1);
    expect((await fs.readdir(release.folder)).sort()).toEqual([".dags", "dags", "values.yaml"]);
    expect(await release.dags()).toEqual(A);
  });

  test("leaves alone what is not ours", async () => {
    await release.apply({ dagBundleSha256: a });
    await fs.mkdir(release.path(".dags", "mine"));
    await fs.writeFile(release.path("values.yaml.mine"), "");
    await fs.mkdir(join(release.root, "lost+found"));
    await fs.writeFile(join(release.root, "README"), "");
    release.aheadMs = 24 * 60 * MINUTE_MS;
    await release.driver.tidy();
    expect(await release.exists(".dags", "mine")).toBe(true);
    expect(await release.exists("values.yaml.mine")).toBe(true);
    expect((await fs.readdir(release.root)).sort()).toEqual(["README", ReleaseFolder.release, "lost+found"].sort());
  });
});

test("a release is taken down with all its trees, also one that is not there", async () => {
  await release.apply({ dagBundleSha256: a });
  await release.apply({ generation: 2, dagBundleSha256: b });
  await release.driver.remove(releaseNamed(ReleaseFolder.release));
  await release.driver.remove(releaseNamed(ReleaseFolder.release));
  expect(await fs.readdir(release.root)).toEqual([]);
});
