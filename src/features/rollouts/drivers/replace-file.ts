import { randomBytes } from "node:crypto";
import { lstat, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FILE_MODE } from "../../../infrastructure/files/modes";
import { sync } from "../../../infrastructure/files/sync";
import { unlessMissing } from "../../../infrastructure/files/file-errors";

/** What is behind the file's name; earlier versions used no random part. */
const UNFINISHED = /^(\.[0-9a-f]{16})?\.next$/;

/**
 * A reader finds the old text or the new one, and the new one is on disk before this returns. A file that says
 * the same already keeps its time stamp.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  if ((await unlessMissing(readFile(file, "utf8"))) !== text) {
    // Each process uses a name of its own, so that one that hangs and wakes up late cannot write into the file that
    // another one renames.
    const next = `${file}.${randomBytes(8).toString("hex")}.next`;
    try {
      await writeToDisk(next, text);
      await rename(next, file);
    } catch (error) {
      await rm(next, { force: true }).catch(() => undefined);
      throw error;
    }
  }
  await sync(dirname(file));
}

/** Removes what replacements of the file have left behind that were cut off before that time (in ms). */
export async function removeUnfinished(file: string, before: number): Promise<void> {
  const folder = dirname(file);
  const entries = (await unlessMissing(readdir(folder))) ?? [];
  for (const name of entries.filter(
    (entry) => entry.startsWith(basename(file)) && UNFINISHED.test(entry.slice(basename(file).length)),
  )) {
    const begun = await unlessMissing(lstat(join(folder, name)));
    if (begun !== null && begun.mtimeMs < before) await rm(join(folder, name), { force: true });
  }
}

async function writeToDisk(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
