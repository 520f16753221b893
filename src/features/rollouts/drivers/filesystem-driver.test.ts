import { lstat, mkdir, readdir, readFile, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ReleaseFolder, withoutWaitingForTheDisk, type Files, releaseNamed } from "../../../../test/builders/releases";
import { RolloutRejected } from "../app/rollout-driver";

const A: Files = { "a.py": "A", "shared.py": "of A", "lib/deep/er.py": "A\r\n\0" };
const B: Files = { "b.py": "B", "shared.py": "of B" };

let release: ReleaseFolder;
let a: string;
let b: string;
beforeEach(async () => {
  release = await ReleaseFolder.create();
  [a, b] = [release.trees.put(A), release.trees.put(B)];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await release.delete();
});

describe("values.yaml", () => {
  test("is the same file for the same state, and holds no secret", async () => {
    const environmentVariables = [{ key: "TOKEN", value: "hidden", isSecret: true }];
    await release.apply({ environmentVariables });
    const [before, { mtimeMs }] = [await release.values(), await lstat(release.path("values.yaml"))];
    await release.apply({ environmentVariables });
    expect(await release.values()).toBe(before);
    expect((await lstat(release.path("values.yaml"))).mtimeMs).toBe(mtimeMs);
    expect(before).not.toContain("hidden");
    expect(before).toContain("secretKey: TOKEN");
  });

  test("is for the owner and the group of the folder, and for nobody else", async () => {
    await release.apply({});
    const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o007;
    expect([await modeOf(release.path("values.yaml")), await modeOf(release.path("."))]).toEqual([0, 0]);
  });

  test("is not changed by a late rollout of an older generation", async () => {
    await release.apply({ revisionNumber: 3, generation: 3 });
    await release.apply({ revisionNumber: 2, generation: 2 });
    expect((await release.applied()).revision).toBe(3);
  });

  test("goes back to an older revision once a newer one has failed", async () => {
    await release.apply({ revisionNumber: 2, generation: 2 });
    await release.apply({ revisionNumber: 1, generation: 3 });
    expect((await release.applied()).revision).toBe(1);
  });

  test("that somebody has spoilt is written anew", async () => {
    await release.apply({ generation: 2 });
    await writeFile(release.path("values.yaml"), "retrograde: [");
    await release.apply({ revisionNumber: 1, generation: 2 });
    expect((await release.applied()).revision).toBe(1);
  });

  test("that is a folder, as a bind mount makes it, is refused in words and stays", async () => {
    await mkdir(release.path("values.yaml", "mine"), { recursive: true });
    const rollout = release.apply({ dagBundleSha256: a });
    await expect(rollout).rejects.toThrow(RolloutRejected);
    await expect(rollout).rejects.toThrow(
      `"values.yaml" in the folder of ${ReleaseFolder.release} is a folder; move it away and deploy again`,
    );
    expect(await release.exists("dags")).toBe(false);
    const placed = [];
    for await (const one of release.driver.placed()) placed.push(one);
    expect(placed).toEqual([]);
    await release.driver.remove(releaseNamed(ReleaseFolder.release, "d"));
    expect(await release.exists("values.yaml", "mine")).toBe(true);
  });

  test("cannot be written where a file has the name of the release's folder", async () => {
    await mkdir(release.root, { recursive: true });
    await writeFile(release.folder, "");
    const rollout = release.apply();
    await expect(rollout).rejects.toThrow(RolloutRejected);
    await expect(rollout).rejects.toThrow(
      /a file stands in its place, or in that of a folder above it; move it away and deploy again$/,
    );
  });
});

describe("dags", () => {
  test("go from bundle to bundle and back, byte for byte", async () => {
    for (const [generation, sha256, files] of [
      [1, a, A],
      [2, b, B],
      [3, a, A],
    ] as const) {
      await release.apply({ generation, dagBundleSha256: sha256, dagDeploymentType: "dag_deploy" });
      expect(await release.dags()).toEqual(files);
      expect((await release.applied()).dagBundleSha256).toBe(sha256);
    }
    expect(release.trees.unpacked).toEqual([a, b, a]);
  });

  test("are behind a relative link, so that the folder can be mounted anywhere", async () => {
    await release.apply({ dagBundleSha256: a });
    expect(await readlink(release.path("dags"))).toMatch(new RegExp(`^\\.dags/1-${a}-[0-9a-f]{16}$`));
  });

  test("that are live already are not unpacked again", async () => {
    await release.apply({ dagBundleSha256: a });
    const target = await readlink(release.path("dags"));
    await release.apply({ dagBundleSha256: a });
    await release.apply({ generation: 2, dagBundleSha256: a });
    expect(await readlink(release.path("dags"))).toBe(target);
    expect(release.trees.unpacked).toEqual([a]);
  });

  test("whose tree somebody has deleted are unpacked again", async () => {
    await release.apply({ dagBundleSha256: a });
    await rm(release.path(".dags"), { recursive: true });
    await release.apply({ dagBundleSha256: a });
    expect(await release.dags()).toEqual(A);
  });

  test("of another bundle within one generation are replaced", async () => {
    await release.apply({ dagBundleSha256: a });
    await release.apply({ dagBundleSha256: b });
    expect(await release.dags()).toEqual(B);
  });

  test("of an empty bundle are an empty folder", async () => {
    await release.apply({ dagBundleSha256: release.trees.put({}) });
    expect(await release.dags()).toEqual({});
  });

  test("go away with the bundle, link and all, and come back", async () => {
    await release.apply({ dagBundleSha256: a });
    await release.apply({ generation: 2 });
    expect(await release.exists("dags")).toBe(false);
    await release.apply({ generation: 3, dagBundleSha256: a });
    expect(await release.dags()).toEqual(A);
  });

  test.each([
    ["another bundle", () => b],
    ["none", () => null],
  ])("do not follow a late rollout of an older generation with %s", async (_name, other) => {
    await release.apply({ revisionNumber: 3, generation: 3, dagBundleSha256: a });
    await release.apply({ revisionNumber: 2, generation: 2, dagBundleSha256: other() });
    expect(await release.dags()).toEqual(A);
    expect((await release.applied()).revision).toBe(3);
  });

  test("that are gone stay so when an older generation is late", async () => {
    await release.apply({ generation: 3 });
    await release.apply({ generation: 2, dagBundleSha256: a });
    expect(await release.exists("dags")).toBe(false);
    expect(release.trees.unpacked).toEqual([]);
  });

  test("keep their generation although values.yaml was spoilt", async () => {
    await release.apply({ generation: 3, dagBundleSha256: a });
    await writeFile(release.path("values.yaml"), "");
    await release.apply({ generation: 2, dagBundleSha256: b });
    expect(await release.dags()).toEqual(A);
  });

  test("are not switched by a rollout that was overtaken while it unpacked", async () => {
    release.trees.onFile = async (path) => {
      if (path === "b.py") await release.apply({ generation: 3, dagBundleSha256: a });
    };
    await release.apply({ generation: 2, dagBundleSha256: b });
    expect(await release.dags()).toEqual(A);
    expect((await release.applied()).generation).toBe(3);
    expect(await release.kept()).toHaveLength(1);
  });

  test("are one bundle to whoever opens the folder, through 200 switches", async () => {
    await withoutWaitingForTheDisk();
    await release.apply({ dagBundleSha256: a });
    let over = false;
    const seen = new Set<string>();
    const keepReading = async () => {
      while (!over) {
        const opened = await realpath(release.path("dags"));
        const names = (await readdir(opened)).filter((name) => name.endsWith(".py")).sort();
        seen.add(
          (await Promise.all(names.map(async (name) => `${name}: ${await readFile(join(opened, name), "utf8")}`))).join(
            ", ",
          ),
        );
      }
    };
    const reading = keepReading();
    try {
      for (let generation = 2; generation <= 201; generation++) {
        release.aheadMs += 20_000;
        await release.apply({ generation, dagBundleSha256: generation % 2 === 0 ? b : a });
      }
    } finally {
      over = true;
      await reading;
    }
    expect([...seen].sort()).toEqual(["a.py: A, shared.py: of A", "b.py: B, shared.py: of B"]);
  });
});

describe("a rollout that does not come to its end", () => {
  test.each([
    ["that is no checksum", "../../etc"],
    ["that is gone", "0".repeat(64)],
  ])("for a bundle %s is rejected and changes nothing", async (_name, dagBundleSha256) => {
    await release.apply({ dagBundleSha256: a });
    const before = await release.values();
    await expect(release.apply({ generation: 2, dagBundleSha256 })).rejects.toThrow(RolloutRejected);
    expect([await release.values(), await release.dags(), (await release.kept()).length]).toEqual([before, A, 1]);
  });

  test("for an error halfway through the files leaves nothing of them", async () => {
    release.trees.onFile = () => Promise.reject(new Error("the connection broke"));
    await expect(release.apply({ dagBundleSha256: a })).rejects.toThrow("the connection broke");
    expect(await release.kept()).toEqual([]);
    expect(await release.exists("values.yaml")).toBe(false);
    release.trees.onFile = () => undefined;
    await release.apply({ dagBundleSha256: a });
    expect(await release.dags()).toEqual(A);
  });

  test("as it was called off before it began changes nothing", async () => {
    await expect(release.apply({ dagBundleSha256: a }, AbortSignal.abort(new Error("a newer one")))).rejects.toThrow(
      "a newer one",
    );
    expect(release.trees.unpacked).toEqual([]);
    expect(await release.exists("values.yaml")).toBe(false);
  });

  test("as it was called off while it unpacked leaves what ran before", async () => {
    await release.apply({ dagBundleSha256: a });
    const before = await release.values();
    const newer = new AbortController();
    release.trees.onFile = () => newer.abort(new Error("a newer one"));
    await expect(release.apply({ generation: 2, dagBundleSha256: b }, newer.signal)).rejects.toThrow("a newer one");
    expect([await release.values(), await release.dags(), (await release.kept()).length]).toEqual([before, A, 1]);
  });
});

describe("a release name that was freed and is another Deployment's by now", () => {
  beforeEach(() => release.apply({ deploymentId: "former", generation: 9, revisionNumber: 9, dagBundleSha256: a }));

  test.each([
    ["another bundle", () => b, B],
    ["the same bundle", () => a, A],
    ["no bundle", () => null, null],
  ])("is that one's, with %s, before the former has been taken down", async (_name, sha256, files) => {
    await release.apply({ dagBundleSha256: sha256() });
    expect([(await release.applied()).generation, await release.dags()]).toEqual([1, files]);
    await release.apply({ generation: 2, dagBundleSha256: b });
    expect([(await release.applied()).generation, await release.dags()]).toEqual([2, B]);
  });

  test("stays that one's when a rollout of the former was still unpacking", async () => {
    const c = release.trees.put({ "c.py": "C" });
    release.trees.onFile = async (path) => {
      if (path === "c.py") await release.apply({ dagBundleSha256: b });
    };
    await release.apply({ deploymentId: "former", generation: 10, dagBundleSha256: c });
    expect([(await release.applied()).generation, await release.dags()]).toEqual([1, B]);
  });

  test("stays that one's when the former is taken down late", async () => {
    await release.apply({ dagBundleSha256: b });
    await release.driver.remove(releaseNamed(ReleaseFolder.release, "former"));
    expect([(await release.applied()).generation, await release.dags()]).toEqual([1, B]);
    await release.driver.remove(releaseNamed(ReleaseFolder.release, "d"));
    expect(await release.exists()).toBe(false);
  });
});

describe("after a restore of the database", () => {
  beforeEach(() => release.apply({ epoch: 5, generation: 10, revisionNumber: 10, dagBundleSha256: a }));

  test("a later epoch replaces any generation of an earlier one, and nothing of an earlier one comes back", async () => {
    expect(await release.apply({ epoch: 6, generation: 2, revisionNumber: 2, dagBundleSha256: b })).toBe("applied");
    expect([(await release.applied()).revision, await release.dags()]).toEqual([2, B]);
    expect(await release.apply({ epoch: 5, generation: 11, revisionNumber: 11, dagBundleSha256: a })).toBe("overtaken");
    expect([(await release.applied()).revision, await release.dags()]).toEqual([2, B]);
  });

  test("an older generation of the same epoch is told that it was overtaken", async () => {
    expect(await release.apply({ epoch: 5, generation: 9, dagBundleSha256: b })).toBe("overtaken");
    expect(await release.apply({ epoch: 5, generation: 10, dagBundleSha256: a })).toBe("applied");
    expect(await release.dags()).toEqual(A);
  });

  test("a folder of a version without epochs counts as one of the first epoch", async () => {
    await writeFile(
      release.path("values.yaml"),
      (await release.values()).replace(/^ {2}(epoch|installation): .*\n/gm, ""),
    );
    expect(await release.apply({ epoch: 1, generation: 9, dagBundleSha256: b })).toBe("overtaken");
    expect(await release.apply({ epoch: 1, generation: 10, dagBundleSha256: b })).toBe("applied");
    expect(await release.dags()).toEqual(B);
  });

  test("a values.yaml that somebody has spoilt does not keep the release in the past", async () => {
    await writeFile(release.path("values.yaml"), "");
    expect(await release.apply({ epoch: 6, generation: 2, dagBundleSha256: b })).toBe("applied");
    expect(await release.dags()).toEqual(B);
  });

  test("what the folder holds can be asked for", async () => {
    const placed = [];
    for await (const one of release.driver.placed()) placed.push(one);
    expect(placed).toEqual([{ releaseName: ReleaseFolder.release, deploymentId: "d", epoch: 5, generation: 10 }]);
  });
});
