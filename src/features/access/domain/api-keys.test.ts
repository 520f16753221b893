import { checkKeyExpiry, keyExpiry } from "./api-keys";

const createdAt = "2026-01-01T00:00:00.000Z";

test.each([
  ["no date and no max age", null, null, null],
  ["a date only", "2026-02-01T00:00:00.000Z", null, "2026-02-01T00:00:00.000Z"],
  ["a max age only, for keys of before it too", null, 10, "2026-01-11T00:00:00.000Z"],
  ["a date before the max age", "2026-01-05T00:00:00.000Z", 10, "2026-01-05T00:00:00.000Z"],
  ["a date after the max age", "2026-03-01T00:00:00.000Z", 10, "2026-01-11T00:00:00.000Z"],
])("a key with %s ends at the earlier one", (_name, expiresAt, maxAgeDays, expected) => {
  expect(keyExpiry({ createdAt, expiresAt }, maxAgeDays)).toBe(expected);
});

test.each([
  ["of the past", "2025-12-31T23:59:59.999Z", null, "has to be in the future"],
  ["of this moment", createdAt, null, "has to be in the future"],
  ["beyond the max age", "2026-01-11T00:01:00.001Z", 10, "keys are accepted for 10 days at most"],
])("an end %s is refused", (_name, expiresAt, maxAgeDays, message) => {
  expect(() => checkKeyExpiry(expiresAt, { now: createdAt, maxAgeDays })).toThrow(message);
});

test.each([
  [null, 10],
  ["2026-01-11T00:01:00.000Z", 10],
  ["9999-01-01T00:00:00.000Z", null],
])("an end at %s is taken with a max age of %s days", (expiresAt, maxAgeDays) => {
  expect(checkKeyExpiry(expiresAt, { now: createdAt, maxAgeDays })).toBe(expiresAt);
});
