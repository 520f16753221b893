import { SeenLines } from "./seen-lines";

test("a line is new once", () => {
  const seen = new SeenLines(10);
  expect([seen.add("a", 1), seen.add("a", 1), seen.add("b", 1)]).toEqual([true, false, true]);
});

test("lines before the window are forgotten, those in it are not", () => {
  const seen = new SeenLines(10);
  for (const [id, ms] of [
    ["a", 1],
    ["b", 5],
    ["c", 3],
    ["d", 5],
  ] as const)
    seen.add(id, ms);
  seen.forgetBefore(5);
  expect(["b", "d"].map((id) => seen.add(id, 5))).toEqual([false, false]);
  expect(seen.size).toBe(2);
});

test("more lines than it holds push the window on, past the instant of what was forgotten", () => {
  const seen = new SeenLines(3);
  for (const [id, ms] of [
    ["a", 1],
    ["b", 2],
    ["c", 2],
    ["d", 3],
  ] as const)
    seen.add(id, ms);
  expect(seen.size).toBe(3);
  expect(seen.floorMs).toBe(2);
  seen.add("e", 4);
  expect(seen.floorMs).toBe(3);
});
