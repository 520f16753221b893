import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let root: string | undefined;

/** An empty folder that is gone once this process has ended. */
export async function temporaryFolder(name: string): Promise<string> {
  const made = (root ??= makeRoot());
  const folder = join(made, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

function makeRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), "retrograde-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
