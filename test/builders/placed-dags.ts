import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { TestApp } from "../world/app";

/** The files that Airflow would find, with their content; null where there is no folder for them. */
export async function placedDags(
  world: TestApp,
  { releaseName }: { readonly releaseName: string },
): Promise<Record<string, string> | null> {
  const folder = join(world.dataDir, "releases", releaseName, "dags");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return null;
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [relative(folder, file), await readFile(file, "utf8")] as const)),
  );
}
