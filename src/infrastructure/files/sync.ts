import { open } from "node:fs/promises";

/** Puts a file's content, or the names in a folder, on disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
