import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROLLBACK_ISSUE_CODES } from "../../src/features/rollbacks/domain/rollback-issues";

const ROOT = join(__dirname, "..", "..");

/** Table by table, the names in one column of those below a heading of a page. */
function namesInTables(page: string, heading: string, column = 1): string[][] {
  const [, section = ""] = readFileSync(join(ROOT, "docs", page), "utf8").split(`\n## ${heading}\n`);
  const tables = section.split(/\n## /)[0]!.split(/\n(?!\|)/);
  return tables
    .filter((table) => table.includes("\n| "))
    .map((table) =>
      table
        .split("\n")
        .slice(table.split("\n").findIndex((line) => line.startsWith("| ---")) + 1)
        .filter((line) => line.startsWith("| "))
        .flatMap((line) => [...(line.split("|")[column] ?? "").matchAll(/`([A-Za-z_]{4,})`/g)])
        .map(([, name = ""]) => name),
    );
}

const [errors = [], blockers = [], warnings = []] = namesInTables("rollbacks.md", "When something is refused");

/** Codes of errors that no caller of the API meets: they become something else on the way. */
const INSIDE_ONLY = ["ETIMEDOUT", "IMAGE_UNREADABLE", "NO_IMAGE", "PUSH_IGNORED", "SIGN_ON_REFUSED"];

function sources(folder = "src"): { file: string; text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => ({ file, text: readFileSync(join(ROOT, folder, file), "utf8") }));
}

const named = (pattern: RegExp, folder?: string): string[] =>
  [...new Set(sources(folder).flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = ""]) => name)))].sort();

const codesOfErrors = (): string[] => named(/\bcode = "([A-Z_]+)"/g).filter((code) => !INSIDE_ONLY.includes(code));

/** Codes of the GraphQL pipeline, which are no classes. */
const OF_THE_PIPELINE = [
  ...["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE"],
  ...["QUERY_TOO_COSTLY", "QUERY_TOO_DEEP", "TOO_MANY_ALIASES", "TOO_MANY_OPERATIONS", "INTERNAL_SERVER_ERROR"],
];

test("the guide's table of errors has every code, and no other", () => {
  expect(codesOfErrors().length).toBeGreaterThan(10);
  expect([...new Set(errors)].sort()).toEqual([...new Set([...codesOfErrors(), ...OF_THE_PIPELINE])].sort());
});

test("every reason against a rollback, and every warning, is in the guide, and no other", () => {
  expect([...new Set([...blockers, ...warnings])].sort()).toEqual([...ROLLBACK_ISSUE_CODES].sort());
});

test("warnings are in the table of warnings, which the rules make", () => {
  const rules = (file: string): string =>
    readFileSync(join(ROOT, "src/features/rollbacks/domain", `${file}.ts`), "utf8");
  const made = [
    rules("rollback-rules").split("const WARNINGS")[1],
    rules("rollback-parts").split("const neverRanTogether")[1],
  ].join();
  const codes = [...made.matchAll(/"([A-Z]+_[A-Z_]+)"/g)]
    .map(([, code = ""]) => code)
    // Stands in the table of refusals, as it refuses a rollback that does not acknowledge it.
    .filter((code) => code !== "DATABASE_DOWNGRADE");
  expect(warnings.sort()).toEqual(
    [...new Set(codes)].filter((code) => (ROLLBACK_ISSUE_CODES as readonly string[]).includes(code)).sort(),
  );
});

test("every problem of an upload is in the guide, and no other", () => {
  const [problems = []] = namesInTables("deploying.md", "When an upload is refused");
  expect(problems.sort()).toEqual(named(/^ {2}\| "([A-Z_]+)";?$/gm, "src/features/bundles/domain"));
});

test("every event of the process log is in the guide, and no other", () => {
  const [events = []] = namesInTables("operating.md", "The process log", 2);
  const written = sources().flatMap(({ text }) =>
    [...text.matchAll(/\bevent: ((?:[^;"]*\? )?"[a-z_]+"(?: [|:] "[a-z_]+")*)/g)].flatMap(([, names = ""]) =>
      [...names.matchAll(/"([a-z_]+)"/g)].map(([, name = ""]) => name),
    ),
  );
  expect(events.sort()).toEqual([...new Set(written)].sort());
});
