import { isExpired, oldestWithinReach } from "./retention";

const now = "2024-03-31T12:00:00.000Z";

test.each([
  [1, "2024-03-30T12:00:00.000Z"],
  [31, "2024-02-29T12:00:00.000Z"], // a leap year, and a change to summer time in between
  [90, "2024-01-01T12:00:00.000Z"],
  [3650, "2014-04-03T12:00:00.000Z"],
])("%i days reach back to %s, in steps of 24 hours", (retentionDays, oldest) => {
  expect(oldestWithinReach(now, { retentionDays })).toBe(oldest);
});

test.each([
  ["2024-01-01T12:00:00.001Z", false],
  ["2024-01-01T12:00:00.000Z", false],
  ["2024-01-01T11:59:59.999Z", true],
  [now, false],
  ["2030-01-01T00:00:00.000Z", false],
])("of 90 days: %s is expired: %s", (createdAt, expired) => {
  expect(isExpired(createdAt, now, { retentionDays: 90 })).toBe(expired);
});
