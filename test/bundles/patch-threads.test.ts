import { PatchThreads } from "../../src/features/bundles/archive/patch-threads";

const threads = new PatchThreads();
afterAll(() => threads.stop());

/** Lines that all differ from those of another seed. */
const lines = (count: number, seed: string): string =>
  Array.from({ length: count }, (_, at) => `${seed}${at}`.slice(-5)).join("\n");

test("makes a patch", async () => {
  expect(await threads.patch({ path: "a.py", from: "1\n2\n", to: "1\n3\n" })).toContain("-2\n+3\n");
});

test("gives up on texts that take long to compare, and this thread goes on meanwhile", async () => {
  await threads.patch({ path: "a.py", from: "1", to: "2" });
  const texts = { path: "a.py", from: lines(50_000, "a"), to: lines(50_000, "b") };
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const patch = threads.patch(texts);
  expect(await patch).toBeNull();
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});
