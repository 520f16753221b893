import { releaseNameFrom } from "./release-name";
import { checkReleaseName } from "./settings";

/** Returns the numbers one after the other. */
const sequence =
  (...numbers: number[]): (() => number) =>
  () =>
    numbers.shift() ?? 0;

test.each([
  ["the lowest numbers", sequence(0, 0, 0), "ablative-aperture-0000"],
  ["the highest numbers", sequence(0.999_999, 0.999_999, 0.999_999), "tidal-zenith-9999"],
  ["few digits, which are padded", sequence(0, 0, 0.0007), "ablative-aperture-0007"],
])("two words and four digits from %s", (_name, random, expected) => {
  expect(releaseNameFrom(random)).toBe(expected);
});

test("every pair of words makes a valid name, and no two the same", () => {
  const WORDS = 24;
  const names = new Set<string>();
  for (let first = 0; first < WORDS; first++) {
    for (let second = 0; second < WORDS; second++) {
      const name = releaseNameFrom(sequence(first / WORDS, second / WORDS, 0.5));
      names.add(checkReleaseName(name));
      expect(name).toMatch(/^[a-z]+-[a-z]+-5000$/);
    }
  }
  expect(names.size).toBe(WORDS * WORDS);
});
