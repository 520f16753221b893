import { parseValues } from "./values-file";
import { find, toPlain } from "./values-tree";

const parse = (...lines: string[]) => parseValues(lines.join("\n"), "values.yaml");

test.each<[string, string[], object]>([
  ["merges mappings that are repeated", ["a: { x: 1 }", "b: 2", "a: { y: 3 }"], { a: { x: 1, y: 3 }, b: 2 }],
  ["merges them deeply", ["a: { b: { x: 1 } }", "a: { b: { y: 2 } }"], { a: { b: { x: 1, y: 2 } } }],
  ["lets the last repeated scalar win", ["a: 1", "a: 2"], { a: 2 }],
  ["ignores a repetition without a value", ["a: { x: 1 }", "a:"], { a: { x: 1 } }],
  ["resolves aliases", ["a: &x { b: 1 }", "c: *x"], { a: { b: 1 }, c: { b: 1 } }],
  [
    "resolves merge keys, which are weaker",
    ["a: &x { b: 1, c: 1 }", "d: { b: 2, <<: *x }"],
    { a: { b: 1, c: 1 }, d: { b: 2, c: 1 } },
  ],
  [
    "resolves lists of merge keys",
    ["a: &x { b: 1 }", "c: &y { d: 2 }", "e: { <<: [*x, *y] }"],
    { a: { b: 1 }, c: { d: 2 }, e: { b: 1, d: 2 } },
  ],
  ["keeps lists as they are", ["a: [1, { b: 2 }]"], { a: [1, { b: 2 }] }],
  ["reads yes and off as Helm does", ["a: yes", "b: off", "c: 'yes'"], { a: true, b: false, c: "yes" }],
  ["takes keys as they are written", ["1: a", "on: b", "'y': c"], { "1": "a", on: "b", y: "c" }],
  ["takes an empty file", ["# nothing"], {}],
  ["takes a file without a line", [], {}],
  ["passes over the end of a document", ["a: 1", "---", ""], { a: 1 }],
  ["passes over empty documents", ["---", "# first", "---", "a: 1", "...", "---", "~", "---"], { a: 1 }],
])("%s", (_, lines, expected) => {
  expect(toPlain(parse(...lines))).toEqual(expected);
});

test("knows the line of every value", () => {
  const tree = parse("a:", "  b: 1", "  c:", "    d: 2");
  expect(["a", "a.b", "a.c.d"].map((path) => find(tree, path)?.place.line)).toEqual([1, 2, 4]);
});

test.each([
  ["an unclosed list", ["a:", "  - [1"], /^values\.yaml:\d: not valid YAML: /],
  [
    "two documents",
    ["a: 1", "---", "b: 2"],
    /^values\.yaml:3: a second YAML document begins here, behind a line of ---: put it into a file of its own, or/,
  ],
  ["a second document with an error", ["a: 1", "---", "b: ["], /^values\.yaml:3: not valid YAML: /],
  ["no mapping at the top", ["# first", "just text"], /^values\.yaml:2: expected a mapping at the top of the file$/],
  ["an alias to what contains it", ["a: &x", "  b: *x"], /^values\.yaml:2: an alias within stands for the whole$/],
  ["a list that contains itself", ["a: &x", "  - *x"], /^values\.yaml:2: an alias within/],
  ["a merge key with a text", ["a:", "  <<: text"], /^values\.yaml:2: << needs a mapping, or a list of mappings$/],
  ["a merge key with a list of texts", ["a:", "  <<: [{ b: 1 }, c]"], /^values\.yaml:2: << needs a mapping/],
  ["an alias to nothing", ["a: *x"], /^values\.yaml:1: no anchor &x above this alias$/],
])("refuses %s, naming file and line", (_, lines, message) => {
  expect(() => parse(...lines)).toThrow(message);
});

test("treats null and empty text as not set", () => {
  const tree = parse("a:", "b: ''", "c: { d: ~ }");
  expect(["a", "b", "c.d", "a.b", "constructor"].map((path) => find(tree, path))).toEqual(Array(5).fill(undefined));
});
