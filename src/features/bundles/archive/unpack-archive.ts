import { constants } from "node:fs";
import { mkdir, open, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchiveLimits } from "./archive-limits";
import { readArchive, type ArchiveEntry } from "./read-archive";

/** Never through a link, and never over anything. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes an archive's tree below an empty folder that is the caller's alone. Links are made last, so nothing is ever
 * written through one. What is there after an error is to be thrown away.
 * @throws ArchiveRefused
 */
export async function unpackArchive(
  gzipped: AsyncIterable<Uint8Array>,
  folder: string,
  limits: Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">,
): Promise<void> {
  const links: { readonly path: string; readonly target: string }[] = [];
  await readArchive(gzipped, limits, async (entry) => {
    const path = join(folder, entry.path);
    if (entry.linkTarget === null) await writeEntry(path, entry);
    else links.push({ path, target: entry.linkTarget });
  });
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
}

async function writeEntry(path: string, { content, executable }: ArchiveEntry): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, NEW_FILE, executable ? 0o755 : 0o644);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}
