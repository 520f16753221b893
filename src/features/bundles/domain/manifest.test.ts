import { compareManifests, sortFiles, type BundleFile } from "./manifest";

const file = (path: string, sha256 = "1"): BundleFile => ({ path, sizeBytes: 1, sha256 });

test.each<[string, BundleFile[], BundleFile[], ReturnType<typeof compareManifests>]>([
  ["two empty bundles", [], [], { added: [], removed: [], changed: [], unchangedCount: 0 }],
  ["the first bundle", [], [file("a")], { added: ["a"], removed: [], changed: [], unchangedCount: 0 }],
  ["no DAGs any more", [file("a")], [], { added: [], removed: ["a"], changed: [], unchangedCount: 0 }],
  [
    "some of each",
    [file("changed"), file("gone"), file("same")],
    [file("changed", "2"), file("new"), file("same")],
    { added: ["new"], removed: ["gone"], changed: ["changed"], unchangedCount: 1 },
  ],
  ["a file that was moved", [file("a")], [file("b")], { added: ["b"], removed: ["a"], changed: [], unchangedCount: 0 }],
])("%s", (_name, from, to, expected) => {
  expect(compareManifests(from, to)).toEqual(expected);
});

test("files are sorted by code points, beyond the first 65,536 as well", () => {
  const paths = ["b", "a/z", "a", "ä", "Z", "\u{1F600}", "\uFFFD"];
  expect(sortFiles(paths.map((path) => file(path))).map(({ path }) => path)).toEqual([
    "Z",
    "a",
    "a/z",
    "b",
    "ä",
    "\uFFFD",
    "\u{1F600}",
  ]);
});
