import type { Readable } from "node:stream";
import { readArchive } from "./read-archive";

/** The archive was checked when it was uploaded; what is wrong with it now is told by its checksum. */
const NO_LIMITS = { maxUnpackedBytes: Number.MAX_SAFE_INTEGER, maxFiles: Number.MAX_SAFE_INTEGER };

/** One file of an archive, up to so many bytes; of a link, where it leads. Null where there is no such file. */
export async function readArchivedFile(archive: Readable, path: string, maxBytes: number): Promise<Buffer | null> {
  let found: Buffer | null = null;
  await readArchive(archive, { limits: NO_LIMITS, isUpload: false }, async (entry) => {
    if (entry.path !== path) return;
    const chunks: Buffer[] = entry.linkTarget === null ? [] : [Buffer.from(entry.linkTarget)];
    let bytes = 0;
    for await (const chunk of entry.content) {
      if (bytes < maxBytes) chunks.push(chunk);
      bytes += chunk.length;
    }
    found = Buffer.concat(chunks).subarray(0, maxBytes);
  });
  return found;
}
