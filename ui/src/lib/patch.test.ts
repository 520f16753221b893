import { countPatch, parsePatch } from "./patch";

const PATCH = `Index: customers.py
===================================================================
--- customers.py
+++ customers.py
@@ -14,3 +14,3 @@ load_customers
 with DAG("customers"):
-    clean_up(only="customers_old")
+    clean_up(everything=True)
     load("customers")
\\ No newline at end of file
`;

test("lines have the numbers of both sides, and what differs is marked", () => {
  const lines = parsePatch(PATCH);
  expect(lines.map(({ kind, from, to, text }) => [kind, from, to, text])).toEqual([
    ["hunk", null, null, "load_customers"],
    ["same", 14, 14, 'with DAG("customers"):'],
    ["del", 15, null, '    clean_up(only="customers_old")'],
    ["add", null, 15, "    clean_up(everything=True)"],
    ["same", 16, 16, '    load("customers")'],
  ]);
  const [, , del, add] = lines;
  expect(del?.text.slice(...(del.mark ?? []))).toBe('only="customers_old"');
  expect(add?.text.slice(...(add.mark ?? []))).toBe("everything=True");
  expect(countPatch(lines)).toEqual({ added: 1, removed: 1 });
});

test("lines that have little in common are not marked, nor are runs of different lengths", () => {
  expect(parsePatch("@@ -1 +1 @@\n-abc\n+xyz").some(({ mark }) => mark !== undefined)).toBe(false);
  expect(parsePatch("@@ -1,2 +1 @@\n-load(1)\n-load(2)\n+load(3)").some(({ mark }) => mark !== undefined)).toBe(false);
});

test("a line that looks like a header within a hunk is a line", () => {
  expect(parsePatch("@@ -1,1 +1,1 @@\n--- a\n+++ b").map(({ kind, text }) => [kind, text])).toEqual([
    ["hunk", ""],
    ["del", "-- a"],
    ["add", "++ b"],
  ]);
});
