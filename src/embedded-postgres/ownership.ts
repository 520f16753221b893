import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataFolder } from "./data-folder";
import { processStart } from "./processes";

interface Owner {
  readonly pid: number;
  /** Tells the owner from a later process that happens to have its pid. */
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
 * Makes this process the only one to use the folder, until the answered function is called or the
 * process ends. Processes in another container or on another machine are not seen.
 *
 * Each owner has a numbered file, and the highest number rules. A file of a dead owner is not replaced
 * but outnumbered: replacing it could hit a live owner who had done the same a moment before. The highest
 * one is never removed, so that no number is used twice.
 *
 * @throws DataFolderInUse if its owner is alive, which may be this process
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
      // A link appears with its whole content or not at all, so a claim is never read half written.
      if (!(await linkIfAbsent(claim, own))) continue;
      if ((await newestNumber(path)) === newest + 1) {
        await rm(ownerFile(path, newest), { force: true });
        return () => truncate(own);
      }
      await rm(own); // others came and went in the meantime
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

/** Undefined if there is none, or it has given the folder up, or a crash of the machine left the file empty. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Owner;
  } catch (error) {
    // An owner that we may not read could well be alive.
    if ((error as NodeJS.ErrnoException).code === "EACCES") throw error;
    return undefined;
  }
}

async function isAlive({ pid, start }: Owner): Promise<boolean> {
  const found = await processStart(pid);
  return found !== undefined && found === start;
}
