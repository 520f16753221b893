import { TooManyAttempts } from "../../../kernel/errors";
import { HashQueue } from "./hash-queue";

/** Work that goes on until `finish` is called. */
function controlled() {
  const begun: string[] = [];
  const finishers = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name);
      finishers.set(name, () => resolve(name));
    });
  const finish = async (name: string): Promise<void> => {
    finishers.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, work, finish };
}

test("few run at a time, and callers take turns", async () => {
  const queue = new HashQueue({ maxRunning: 2, maxWaiting: 10 });
  const { begun, work, finish } = controlled();
  const all = ["a1", "a2", "a3", "a4", "b1", "c1"].map((name) => queue.run(name[0]!, work(name)));
  await new Promise(setImmediate);
  expect(begun).toEqual(["a1", "a2"]);
  for (const name of ["a1", "a2", "a3", "b1", "c1", "a4"]) await finish(name);
  expect(begun).toEqual(["a1", "a2", "a3", "b1", "c1", "a4"]);
  await expect(Promise.all(all)).resolves.toEqual(["a1", "a2", "a3", "a4", "b1", "c1"]);
});

test("a full queue refuses the newest work of the caller with the most", async () => {
  const queue = new HashQueue({ maxRunning: 1, maxWaiting: 3 });
  const { work, finish } = controlled();
  const outcomes = ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1"].map((name) =>
    queue
      .run(name[0]!, work(name))
      .catch((error: unknown) => (error instanceof TooManyAttempts ? error.details["retryAfterSeconds"] : error)),
  );
  await new Promise(setImmediate);
  for (const name of ["a1", "a2", "b1", "c1"]) await finish(name);
  await expect(Promise.all(outcomes)).resolves.toEqual(["a1", "a2", 2, 2, 2, "b1", 2, "c1"]);
});

test("work that fails gives its place to the next", async () => {
  const queue = new HashQueue({ maxRunning: 1, maxWaiting: 3 });
  const failing = queue.run("a", () => Promise.reject(new Error("no")));
  const next = queue.run("b", async () => "done");
  await expect(failing).rejects.toThrow("no");
  await expect(next).resolves.toBe("done");
});
