import { isVersion, nextVersion } from "./dag-bundle";

const NOW = "2024-01-12T18:32:20.589Z";

test.each([
  ["the first one is the instant itself", null, "2024-01-12T18:32:20.589000Z"],
  ["after an earlier one it is the instant too", "2024-01-12T18:32:20.588999Z", "2024-01-12T18:32:20.589000Z"],
  ["within the same millisecond it counts on", "2024-01-12T18:32:20.589000Z", "2024-01-12T18:32:20.589001Z"],
  [
    "a clock that was put back does not put versions back",
    "2024-01-12T19:00:00.000041Z",
    "2024-01-12T19:00:00.000042Z",
  ],
  ["a thousand within one millisecond run into the next", "2024-01-12T18:32:20.999999Z", "2024-01-12T18:32:21.000000Z"],
])("%s", (_name, newest, expected) => {
  const version = nextVersion(NOW, newest);
  expect(version).toBe(expected);
  expect(isVersion(version)).toBe(true);
  expect(version > (newest ?? "")).toBe(true);
});

test.each([
  "",
  "2024-01-12T18:32:20.589Z",
  "2024-01-12 18:32:20.589893Z",
  "2024-01-12T18:32:20.589893+00:00",
  "latest",
])("%j is no version", (text) => {
  expect(isVersion(text)).toBe(false);
});
