import fs from "node:fs/promises";
import { ReleaseFolder, withoutWaitingForTheDisk, type Files } from "../../../../test/builders/releases";
import { FilesystemDriver } from "./filesystem-driver";

const DAY_MS = 24 * 60 * 60_000;
const A: Files = { "a.py": "A", "lib/shared.py": "of A" };
const B: Files = { "b.py": "B", "lib/shared.py": "of B" };
const CALLS = [
  "lstat",
  "mkdir",
  "open",
  "readdir",
  "readFile",
  "readlink",
  "rename",
  "rm",
  "rmdir",
  "symlink",
  "unlink",
  "utimes",
  "writeFile",
] as const;

let release: ReleaseFolder;
let a: string;
let b: string;
/**
 * Of another process, which takes every attempt for abandoned and every old tree for long out of use: the worst that it
 * can do.
 */
let hastyDriver: FilesystemDriver;
beforeEach(async () => {
  await withoutWaitingForTheDisk();
  release = await ReleaseFolder.create();
  [a, b] = [release.trees.put(A), release.trees.put(B)];
  hastyDriver = new FilesystemDriver(release.root, release.trees, () => Date.now() + DAY_MS);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await release.delete();
});

/** Calls the hook before each step that the work takes in the file system; how many there were. */
async function stepping(work: () => Promise<unknown>, before: (step: number) => Promise<void> | void): Promise<number> {
  let steps = 0;
  const spies = CALLS.map((call) => {
    const actual = fs[call] as (...args: unknown[]) => Promise<unknown>;
    const spy = jest.spyOn(fs, call) as unknown as jest.SpyInstance<Promise<unknown>, unknown[]>;
    return spy.mockImplementation(async (...args) => {
      await before(++steps);
      return actual(...args);
    });
  });
  try {
    await work();
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
  return steps;
}

/** Does it all before the one step; steps of the other work are not counted. */
async function interleaved(step: number, work: () => Promise<unknown>, other: () => Promise<unknown>): Promise<void> {
  let isOther = false;
  let own = 0;
  await stepping(work, async () => {
    if (isOther || ++own !== step) return;
    isOther = true;
    await other();
    isOther = false;
  });
}

/** Runs the work anew for each of its steps, on a release that `arrange` has made. */
async function forEachStep(
  arrange: () => Promise<unknown>,
  work: () => Promise<unknown>,
  check: (step: number) => Promise<void>,
): Promise<void> {
  const anew = async () => {
    await fs.rm(release.folder, { recursive: true, force: true });
    await arrange();
  };
  await anew();
  const steps = await stepping(work, () => undefined);
  expect(steps).toBeGreaterThan(5);
  for (let step = 1; step <= steps; step++) {
    await anew();
    await check(step);
  }
}

const SWITCHES: [string, () => string | null, Files | null, () => string | null, Files | null][] = [
  ["from bundle to bundle", () => a, A, () => b, B],
  ["to the first bundle", () => null, null, () => b, B],
  ["to no bundle", () => a, A, () => null, null],
];

describe.each(SWITCHES)("a rollout %s", (_name, from, before, to, after) => {
  const arrange = () => release.apply({ revisionNumber: 1, generation: 1, dagBundleSha256: from() });
  const rollout = () => release.apply({ revisionNumber: 2, generation: 2, dagBundleSha256: to() });
  const late = () => release.apply({ revisionNumber: 1, generation: 1, dagBundleSha256: from() });

  const isWhole = async () => expect([before, after]).toContainEqual(await release.dags());
  const isDone = async () => {
    expect(await release.dags()).toEqual(after);
    expect(await release.exists("dags")).toBe(after !== null);
    expect((await release.applied()).revision).toBe(2);
  };
  const isTidy = async () => {
    await hastyDriver.tidy();
    expect(await release.kept()).toHaveLength(after === null ? 0 : 1);
    expect((await fs.readdir(release.folder)).filter((name) => name.endsWith(".next"))).toEqual([]);
    await isDone();
  };

  test("whose process dies before any of its steps is made good by the next attempt", async () => {
    await forEachStep(arrange, rollout, async (last) => {
      // The dead do not clean up either: no step works from then on.
      const dying = stepping(rollout, (step) => {
        if (step >= last) throw new Error("the process died");
      });
      await dying.catch((error: unknown) => expect(error).toEqual(new Error("the process died")));
      await isWhole();
      const [claimed, dags] = [(await release.applied()).generation, await release.dags()];
      await late();
      // Once the newer state has claimed the release, a late older one changes nothing.
      expect(await release.dags()).toEqual(claimed === 2 ? dags : before);
      await rollout();
      await isDone();
      await isTidy();
    });
  });

  test("where one step fails leaves a whole bundle, and is made good by the next attempt", async () => {
    await forEachStep(arrange, rollout, async (failing) => {
      await stepping(rollout, (step) => {
        if (step === failing) throw new Error("the disk is full");
      }).catch((error: unknown) => expect(error).toEqual(new Error("the disk is full")));
      await isWhole();
      await rollout();
      await isDone();
    });
  });

  const tidyHastily = async () => {
    await hastyDriver.tidy();
    await isWhole();
  };

  test("may be tidied up around before any of its steps", async () => {
    await forEachStep(arrange, rollout, async (step) => {
      await interleaved(step, rollout, tidyHastily).catch(() => isWhole());
      await isWhole();
      await rollout();
      await isDone();
    });
  });

  test("may come in between any steps of tidying up", async () => {
    const arrangeMuch = async () => {
      await arrange();
      await release.apply({ revisionNumber: 1, generation: 1, dagBundleSha256: release.trees.put({}) });
      await arrange();
      await expect(
        stepping(rollout, (step) => {
          if (step > 10) throw new Error("the process died");
        }),
      ).rejects.toThrow("the process died");
    };
    await forEachStep(
      arrangeMuch,
      () => hastyDriver.tidy(),
      async (step) => {
        await interleaved(step, () => hastyDriver.tidy(), rollout);
        await isDone();
      },
    );
  });
});

test("a process that tidies up hastily all the time takes no live tree", async () => {
  await release.apply({ dagBundleSha256: a });
  let over = false;
  const tidying = (async () => {
    while (!over) await hastyDriver.tidy();
  })();
  try {
    for (let generation = 2; generation <= 60; generation++) {
      // What the other takes for abandoned fails.
      await release.apply({ generation, dagBundleSha256: generation % 2 === 0 ? b : a }).catch(() => undefined);
      expect([A, B]).toContainEqual(await release.dags());
    }
  } finally {
    over = true;
    await tidying;
  }
  await release.apply({ generation: 61, dagBundleSha256: b });
  expect(await release.dags()).toEqual(B);
});
