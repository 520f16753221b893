import { between, clock, day, duration, exact, relative } from "./time";

const NOW = Date.parse("2026-11-28T03:12:07.000Z");
const ago = (ms: number): string => new Date(NOW - ms).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [-5_000, "just now"],
  [9_000, "just now"],
  [20_000, "20 seconds ago"],
  [60_000, "1 minute ago"],
  [8 * MINUTE, "8 minutes ago"],
  [7 * HOUR, "7 hours ago"],
  [7 * DAY, "7 days ago"],
  [8 * DAY, "20 Nov"],
  [400 * DAY, "24 Oct 2025"],
])("%d ms back is %s", (ms, words) => {
  expect(relative(ago(ms), "utc", NOW)).toBe(words);
});

test.each([
  [400, "0 s"],
  [41_000, "41 s"],
  [69_000, "1 min 9 s"],
  [5 * MINUTE, "5 min"],
  [2 * HOUR + 24 * MINUTE, "2 h 24 min"],
  [9 * DAY + 5 * HOUR, "9 d 5 h"],
  [-3_000, "0 s"],
])("%d ms last %s", (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test("an exact time always names its zone", () => {
  expect(exact("2026-09-07T10:34:11.000Z", "utc")).toBe("7 Sep 2026, 10:34:11 UTC");
  expect(exact("2026-09-07T10:34:11.000Z", "local")).toMatch(/UTC$/);
  expect(clock("2026-09-07T10:34:11.000Z", "utc")).toBe("10:34:11");
  expect(day("2026-09-07T10:34:11.000Z", "utc", NOW)).toBe("7 Sep");
});

test("what goes on has no duration yet", () => {
  expect(between("2026-11-28T03:12:07.000Z", null)).toBeNull();
  expect(between("2026-11-28T03:12:07.000Z", "2026-11-28T03:12:49.000Z")).toBe("42 s");
});
