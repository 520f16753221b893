import { InvalidInput } from "../../../kernel/errors";
import { cleanSource, NO_SOURCE, readSource, sourceLabel } from "./deploy-source";

const LONG_URL = `https://example.com/${"x".repeat(2_000)}`;

test.each([
  ["nothing", undefined, NO_SOURCE],
  ["null", null, NO_SOURCE],
  ["blanks", { commit: " ", branch: "", url: "\t", author: null }, NO_SOURCE],
  ["a commit", { commit: " 0A1b2c3 " }, { ...NO_SOURCE, sourceCommit: "0A1b2c3" }],
  [
    "everything",
    { commit: "r1234", branch: "feature/größer", url: "https://github.com/o/r/pull/7", author: "Grace Hopper" },
    {
      sourceCommit: "r1234",
      sourceBranch: "feature/größer",
      sourceUrl: "https://github.com/o/r/pull/7",
      sourceAuthor: "Grace Hopper",
    },
  ],
  ["a URL without a path", { url: "http://ci" }, { ...NO_SOURCE, sourceUrl: "http://ci/" }],
])("%s is read", (_name, given, expected) => {
  expect(readSource(given)).toEqual(expected);
  expect(cleanSource(given)).toEqual(expected);
});

test.each([
  ["source.commit", { commit: "x".repeat(101) }],
  ["source.commit", { commit: "two words" }],
  ["source.commit", { commit: "a\nb" }],
  ["source.branch", { branch: "x".repeat(256) }],
  ["source.branch", { branch: "a\u202eb" }],
  ["source.author", { author: "x".repeat(191) }],
  ["source.author", { author: "a\u0000b" }],
  ["source.url", { url: "javascript:alert(1)" }],
  ["source.url", { url: "JavaScript://example.com/%0aalert(1)" }],
  ["source.url", { url: "data:text/html,x" }],
  ["source.url", { url: "git@github.com:o/r.git" }],
  ["source.url", { url: "//example.com" }],
  ["source.url", { url: "example.com/x" }],
  ["source.url", { url: "https://" }],
  ["source.url", { url: "https://user:secret@example.com/x" }],
  ["source.url", { url: "https://token@example.com/x" }],
  ["source.url", { url: LONG_URL }],
  ["source.url", { url: `https://example.com/${"é".repeat(1_900)}` }],
])("%s refuses %j, and a label that holds it is left out", (argument, given) => {
  const refusal = (): unknown => {
    try {
      return readSource(given);
    } catch (error) {
      return error;
    }
  };
  expect(refusal()).toBeInstanceOf(InvalidInput);
  expect(refusal()).toMatchObject({ details: { argument } });
  const cleaned = cleanSource(given);
  if (argument === "source.url") expect(cleaned).toEqual(NO_SOURCE);
  expect(() => readSource({ commit: cleaned.sourceCommit, branch: cleaned.sourceBranch })).not.toThrow();
});

test.each([
  [{}, null],
  [{ sourceUrl: "https://ci/" }, null],
  [{ sourceCommit: "abc" }, "commit abc"],
  [{ sourceBranch: "main" }, "branch main"],
  [{ sourceCommit: "abc", sourceBranch: "main", sourceAuthor: "Grace" }, "commit abc on main by Grace"],
])("%j is called %p", (source, label) => {
  expect(sourceLabel({ ...NO_SOURCE, ...source })).toBe(label);
});
