import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sync } from "../../../infrastructure/files/sync";

/** Enough for the file system to write several files in one go; a thousand of them take less than a second. */
const LANES = 8;

/**
 * Syncs the folder and everything below it to disk. File systems may write a rename to disk before the content of files
 * that were written earlier: without this, a tree that was switched to may hold empty files after a power cut, and stay
 * so, as it is live.
 */
export async function syncTree(folder: string, signal: AbortSignal): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const waiting = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  waiting.push(folder);
  const lane = async (): Promise<void> => {
    try {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        signal.throwIfAborted();
        await sync(path);
      }
    } catch (error) {
      // The other lanes stop as well.
      waiting.length = 0;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
