import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readValuesFile } from "./values-file";
import { find, toPlain } from "./values-tree";

const cwd = mkdtempSync(join(tmpdir(), "values-text-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const TEXT = "a:\n  # über\n  b: é\n";
const utf16 = Buffer.from(`\ufeff${TEXT}`, "utf16le");

function read(content: string | Buffer) {
  writeFileSync(join(cwd, "values.yaml"), content);
  return readValuesFile("values.yaml", cwd);
}

test.each<[string, string | Buffer]>([
  ["UTF-8", TEXT],
  ["UTF-8 with a byte order mark", `\ufeff${TEXT}`],
  ["UTF-16 as PowerShell writes it", utf16],
  ["UTF-16 in the other byte order", Buffer.from(utf16).swap16()],
  ["Windows line ends", TEXT.replaceAll("\n", "\r\n")],
  ["lone carriage returns", TEXT.replaceAll("\n", "\r")],
])("reads %s", (_, content) => {
  const tree = read(content);
  expect(toPlain(tree)).toEqual({ a: { b: "é" } });
  expect(find(tree, "a.b")?.place.line).toBe(3);
});

test("refuses another encoding, which would spoil the values", () => {
  expect(() => read(Buffer.from(TEXT, "latin1"))).toThrow(/^values\.yaml: cannot be read: it is not in UTF-8 \(.*\)$/);
});
