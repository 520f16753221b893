import { ArchiveRefused } from "./archive-refused";
import { ArchiveTree } from "./archive-tree";

/** Paths of files, or [path, target] of links. */
function treeOf(entries: readonly (string | readonly [string, string])[]): ArchiveTree {
  const tree = new ArchiveTree();
  for (const entry of entries) {
    if (typeof entry === "string") tree.addFile(tree.pathOf(entry) ?? "");
    else tree.addLink(tree.pathOf(entry[0]) ?? "", entry[1]);
  }
  tree.check();
  return tree;
}
const problemOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ArchiveRefused) return error.problem;
    throw error;
  }
};

test.each([
  ["dags/etl.py", "etl.py"],
  ["./dags/a/b.py", "a/b.py"],
  ["dags//a/./b.py", "a/b.py"],
  ["dags/", null],
  ["./", null],
  ["etl.py", "etl.py"],
  ["./lib/dags/a.py", "lib/dags/a.py"],
  ["dags/.airflowignore", ".airflowignore"],
  ["dags/...", "..."],
  ["dags/a\\b.py", "a\\b.py"],
])("%j is %j", (name, path) => {
  expect(new ArchiveTree().pathOf(name)).toBe(path);
});

test.each([
  ["/etc/passwd", "UNSAFE_PATH"],
  ["../x", "UNSAFE_PATH"],
  ["dags/../x", "UNSAFE_PATH"],
  ["dags/a/../../..", "UNSAFE_PATH"],
  ["dags/a\0b", "UNSTORABLE_PATH"],
  ["dags/a\ud800", "UNSTORABLE_PATH"],
  ["dags/a\x1b[2J", "UNSTORABLE_PATH"],
  ["dags/a\u202eb", "UNSTORABLE_PATH"],
  ["dags/a\uFFFD", "UNSTORABLE_PATH"],
  [`dags/${"x".repeat(256)}`, "PATH_TOO_LONG"],
  [`dags/${"ä".repeat(128)}`, "PATH_TOO_LONG"],
  [`dags/${"x/".repeat(513)}y`, "PATH_TOO_LONG"],
])("%j is refused as %s", (name, problem) => {
  expect(problemOf(() => new ArchiveTree().pathOf(name))).toBe(problem);
});

test("an archive of dags/ holds nothing beside it, and one without dags/ may hold a folder of that name", () => {
  expect(problemOf(() => treeOf(["dags/a.py", "include/b.sql"]))).toBe("UNSAFE_PATH");
  expect(problemOf(() => treeOf(["a.py", "dags/b.py"]))).toBeNull();
});

test.each<[string, readonly (string | readonly [string, string])[], string | null]>([
  ["the same path twice", ["dags/a", "dags/a"], "DUPLICATE_PATH"],
  ["the same path in other words", ["dags/a", "./dags//a"], "DUPLICATE_PATH"],
  ["a file that is a folder too", ["dags/a", "dags/a/b"], "DUPLICATE_PATH"],
  ["a file below a link", [["dags/a", "b"], "dags/a/c"], "DUPLICATE_PATH"],
  ["a link to a neighbour", ["dags/a", ["dags/b", "a"]], null],
  ["a link upwards inside", ["dags/lib/a", ["dags/x/y/b", "../../lib/a"]], null],
  ["a link to the folder itself", [["dags/here", "."]], null],
  ["a link to nothing inside", [["dags/b", "missing"]], null],
  ["a link out", [["dags/b", ".."]], "LINK_OUTSIDE"],
  ["a link far out", [["dags/a/b", "../../etc/passwd"]], "LINK_OUTSIDE"],
  ["an absolute link", [["dags/b", "/etc/passwd"]], "LINK_OUTSIDE"],
  ["a link out and back in", [["dags/b", "../dags/a"]], "LINK_OUTSIDE"],
  ["a link out through another", ["dags/x/y/f", ["dags/s", "x/y"], ["dags/t", "s/../../.."]], "LINK_OUTSIDE"],
  [
    "a link that only another makes harmful",
    [
      ["dags/d/up", "."],
      ["dags/l", "d/up/../.."],
    ],
    "LINK_OUTSIDE",
  ],
  [
    "two links round and round",
    [
      ["dags/a", "b"],
      ["dags/b", "a"],
    ],
    "LINK_OUTSIDE",
  ],
  ["a link to a loop through itself", [["dags/a", "a/x"]], "LINK_OUTSIDE"],
  ["an empty link", [["dags/a", ""]], "UNSTORABLE_PATH"],
  ["a case of its own", ["dags/A", "dags/a"], null],
])("%s", (_name, entries, problem) => {
  expect(problemOf(() => treeOf(entries))).toBe(problem);
});
