import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

test("gql.ts is what codegen writes from the schema and the operations", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [join(__dirname, "..", "codegen.mjs"), "--check"]);
  expect(stderr).toBe("");
});
