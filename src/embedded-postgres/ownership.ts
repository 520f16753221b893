import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataFolder } from "./data-folder";
import { processStart } from "./processes";

interface Owner {
  readonly pid: number;
  /** Distinguishes the owner from a later process that happens to have the same pid. */
  readonly start: string | undefined;
}

/** Another process, or this one, runs the Postgres of the folder. */
export class DataFolderInUse extends Error {
  constructor(path: string, pid: number) {
    super(`The data folder ${path} is in use by process ${pid}`);
    this.name = new.target.name;
  }
}

/**
 * Makes this process the only one to use the folder, until the returned function is called or the process ends.
 * Processes in another container or on another machine are not detected.
 *
 * Each owner has a numbered file, and the highest number is the current owner. The file of a dead owner is not replaced
 * but outnumbered: replacing it could hit a live owner who had done the same a moment before. The highest file is never
 * removed, so that a used number is never taken again.
 *
 * @throws DataFolderInUse if the current owner is alive, which may be this process
 */
export async function claimDataFolder({ path }: DataFolder): Promise<() => Promise<void>> {
  const self: Owner = { pid: process.pid, start: await processStart(process.pid) };
  const claim = join(path, `owner.${randomUUID()}`);
  await writeFile(claim, JSON.stringify(self), { mode: 0o600 });
  try {
    for (;;) {
      const newest = await newestNumber(path);
      const current = await readOwner(ownerFile(path, newest));
      if (current !== undefined && (await isAlive(current))) {
        throw new DataFolderInUse(path, current.pid);
      }
      const own = ownerFile(path, newest + 1);
      // A link appears with its whole content or not at all, so that a half-written claim is never read.
      if (!(await linkIfAbsent(claim, own))) continue;
      if ((await newestNumber(path)) === newest + 1) {
        await rm(ownerFile(path, newest), { force: true });
        return () => truncate(own);
      }
      await rm(own); // other owners came and went meanwhile
    }
  } finally {
    await rm(claim, { force: true });
  }
}

function ownerFile(path: string, number: number): string {
  return join(path, `owner.${number}.json`);
}

/** 0 if the folder has had no owner yet. */
async function newestNumber(path: string): Promise<number> {
  const numbers = (await readdir(path)).map((name) => Number(/^owner\.(\d+)\.json$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function linkIfAbsent(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Undefined if there is no file, or its owner has released the folder, or a crash of the machine left the file empty.
 */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Owner;
  } catch (error) {
    // An owner whose file we may not read could well be alive.
    if ((error as NodeJS.ErrnoException).code === "EACCES") throw error;
    return undefined;
  }
}

async function isAlive({ pid, start }: Owner): Promise<boolean> {
  const found = await processStart(pid);
  return found !== undefined && found === start;
}
