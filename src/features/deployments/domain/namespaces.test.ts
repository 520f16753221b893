import { InvalidInput } from "../../../kernel/errors";
import { freeNamespaces, namespaceFor, type NamespaceRules } from "./namespaces";

const NOTHING: NamespaceRules = {
  manualNamespaceNames: false,
  preCreatedNamespaces: [],
  namespaceFreeFormEntry: false,
};
const POOL: NamespaceRules = { ...NOTHING, manualNamespaceNames: true, preCreatedNamespaces: ["team-a", "team-b"] };
const FREE: NamespaceRules = { ...NOTHING, namespaceFreeFormEntry: true };

test.each<[string, NamespaceRules, string | undefined, string]>([
  ["nothing can be chosen", NOTHING, undefined, "release"],
  ["there is a pool", POOL, "team-b", "team-b"],
  ["the pool is empty", { ...POOL, preCreatedNamespaces: [] }, undefined, "release"],
  ["the pool is switched off", { ...POOL, manualNamespaceNames: false }, undefined, "release"],
  ["one may be typed, and none is", FREE, undefined, "release"],
  ["one may be typed", FREE, "0-any-name", "0-any-name"],
  ["the longest is typed", FREE, "x".repeat(63), "x".repeat(63)],
  ["one may be typed beside a pool", { ...POOL, ...FREE, manualNamespaceNames: true }, "other", "other"],
])("where %s", (_name, rules, asked, expected) => {
  expect(namespaceFor(asked, "release", rules)).toBe(expected);
});

test.each<[string, NamespaceRules, string | undefined]>([
  ["one is asked for, and nothing can be chosen", NOTHING, "team-a"],
  ["none of the pool is asked for", POOL, undefined],
  ["one beside the pool is asked for", POOL, "team-c"],
  ["one of an empty pool is asked for", { ...POOL, preCreatedNamespaces: [] }, "team-a"],
  ["one of a pool that is off is asked for", { ...POOL, manualNamespaceNames: false }, "team-a"],
  ["it is too long", FREE, "x".repeat(64)],
  ["it holds capitals", FREE, "Team"],
  ["it ends in a dash", FREE, "team-"],
  ["it leads elsewhere", FREE, "../team"],
  ["it is one of the cluster's own", FREE, "kube-system"],
])("is refused where %s", (_name, rules, asked) => {
  expect(() => namespaceFor(asked, "release", rules)).toThrow(InvalidInput);
});

test.each([NOTHING, FREE])("cannot be one of the cluster's own by way of the release name under %j", (rules) => {
  expect(() => namespaceFor(undefined, "kube-system", rules)).toThrow(/^releaseName: /);
  expect(() => namespaceFor(undefined, "kubernetes", rules)).not.toThrow();
});

test("a release name says nothing where the namespace is another", () => {
  expect(namespaceFor("team-b", "kube-system", POOL)).toBe("team-b");
  expect(namespaceFor("other", "kube-system", FREE)).toBe("other");
});

test.each([
  [POOL, [], ["team-a", "team-b"]],
  [POOL, ["team-a", "other"], ["team-b"]],
  [POOL, ["team-a", "team-b"], []],
  [{ ...POOL, manualNamespaceNames: false }, [], []],
  [FREE, [], []],
])("free of %j beside %j are %j", (rules, taken, free) => {
  expect(freeNamespaces(rules, taken)).toEqual(free);
});
