import { TooManyRequests } from "../../../kernel/errors";
import { CallerQueue } from "./caller-queue";

test("runs a few of each caller, has a few wait, and refuses the others", async () => {
  const queue = new CallerQueue({ maxRunning: 2, maxWaiting: 1 });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.push(() => resolve(name)));
  };
  const [one, two, three] = [queue.run("a", work("one")), queue.run("a", work("two")), queue.run("a", work("three"))];
  await expect(queue.run("a", work("four"))).rejects.toThrow(TooManyRequests);
  const other = queue.run("b", work("other"));
  expect(begun).toEqual(["one", "two", "other"]);
  ends[0]?.();
  expect(await one).toBe("one");
  await new Promise(setImmediate);
  expect(begun).toEqual(["one", "two", "other", "three"]);
  for (const end of ends) end();
  expect(await Promise.all([two, three, other])).toEqual(["two", "three", "other"]);
});

test("goes on after work that failed", async () => {
  const queue = new CallerQueue({ maxRunning: 1, maxWaiting: 1 });
  const failing = queue.run("a", () => Promise.reject(new Error("failed")));
  const next = queue.run("a", async () => "done");
  await expect(failing).rejects.toThrow("failed");
  expect(await next).toBe("done");
});
