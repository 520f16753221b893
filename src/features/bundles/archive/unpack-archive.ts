import { constants } from "node:fs";
import { chmod, mkdir, open, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchiveLimits } from "../domain/archive-limits";
import { readArchive, type ArchiveEntry } from "./read-archive";

/** Never through a link, and never over anything. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a stored archive's tree below an empty folder that is the caller's alone: files as 0644 or 0755 and folders as 0755,
 * whatever the process's umask, since Airflow reads them as another user. Links are made last, so nothing is ever
 * written through one. What is there after an error is to be thrown away; nothing is added to it any more.
 * @throws ArchiveRefused
 */
export async function unpackArchive(
  gzipped: AsyncIterable<Uint8Array>,
  folder: string,
  limits: Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">,
): Promise<void> {
  const links: { readonly path: string; readonly target: string }[] = [];
  const folders = new Folders(folder);
  await readArchive(gzipped, { limits, isUpload: false }, async (entry) => {
    const path = join(folder, entry.path);
    if (entry.linkTarget !== null) return void links.push({ path, target: entry.linkTarget });
    await folders.make(dirname(path));
    await writeEntry(path, entry);
  });
  for (const { path, target } of links) {
    await folders.make(dirname(path));
    await symlink(target, path);
  }
}

/** Makes each folder once. */
class Folders {
  private readonly made = new Set<string>();

  constructor(root: string) {
    this.made.add(join(root, "."));
  }

  async make(path: string): Promise<void> {
    if (this.made.has(path)) return;
    await this.make(dirname(path));
    await mkdir(path);
    await chmod(path, 0o755);
    this.made.add(path);
  }
}

async function writeEntry(path: string, { content, executable }: ArchiveEntry): Promise<void> {
  const file = await open(path, NEW_FILE, 0o600);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await file.chmod(executable ? 0o755 : 0o644);
  } finally {
    await file.close();
  }
}
