import { delayAfterMs, keptForMs, maxAttemptsPerDay } from "./sign-in-delays";

const limits = { free: 10, maxDelayMs: 900_000 };

test.each([
  [0, 0],
  [9, 0],
  [10, 5_000],
  [11, 10_000],
  [17, 640_000],
  [18, 900_000],
  [1_000_000, 900_000],
])("after %s failures the next attempt waits %s ms", (failures, ms) => {
  expect(delayAfterMs(failures, limits)).toBe(ms);
});

test("one counter lets few attempts through in a day", () => {
  expect(maxAttemptsPerDay(limits)).toBe(112);
  expect(maxAttemptsPerDay({ free: 50, maxDelayMs: 900_000 })).toBe(152);
});

test("a counter outlives the longest delay", () => {
  expect(keptForMs({ free: 1, maxDelayMs: 86_400_000 })).toBeGreaterThan(86_400_000);
});
