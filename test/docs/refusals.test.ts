import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROLLBACK_ISSUE_CODES } from "../../src/features/rollbacks/domain/rollback-issues";

const ROOT = join(__dirname, "..", "..");
const text = readFileSync(join(ROOT, "docs", "rollbacks.md"), "utf8");
/** The codes in the first column of the guide's tables. */
const documented = new Set(
  text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => (line.split("|")[1] ?? "").match(/[A-Z][A-Z_]+/g) ?? []),
);

/** Codes of errors that no caller of the API meets: they become something else on the way. */
const INSIDE_ONLY = ["ETIMEDOUT", "IMAGE_UNREADABLE", "NO_IMAGE", "PUSH_IGNORED", "SIGN_ON_REFUSED"];

function codesOfErrors(): string[] {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const codes = files.flatMap((file) =>
    [...readFileSync(join(ROOT, "src", file), "utf8").matchAll(/\bcode = "([A-Z_]+)"/g)].map(([, code = ""]) => code),
  );
  return [...new Set(codes)].filter((code) => !INSIDE_ONLY.includes(code)).sort();
}

test("every reason against a rollback, and every warning, is in the guide, and no other", () => {
  const others = new Set([
    ...codesOfErrors(),
    ...["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE"],
    ...["QUERY_TOO_COSTLY", "QUERY_TOO_DEEP", "TOO_MANY_ALIASES", "TOO_MANY_OPERATIONS", "INTERNAL_SERVER_ERROR"],
  ]);
  expect([...documented].filter((code) => !others.has(code)).sort()).toEqual([...ROLLBACK_ISSUE_CODES].sort());
});

test("every code of an error is in the guide", () => {
  expect(codesOfErrors().length).toBeGreaterThan(10);
  expect(codesOfErrors().filter((code) => !documented.has(code))).toEqual([]);
});
