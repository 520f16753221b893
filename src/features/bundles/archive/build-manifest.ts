import { createHash } from "node:crypto";
import { sortFiles, type BundleFile } from "../domain/manifest";
import type { ArchiveLimits } from "../domain/archive-limits";
import { readArchive, type ArchiveEntry } from "./read-archive";

/** What an archive holds, found out in one pass. @throws ArchiveRefused */
export async function buildManifest(
  gzipped: AsyncIterable<Uint8Array>,
  limits: Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">,
): Promise<BundleFile[]> {
  const files: BundleFile[] = [];
  await readArchive(gzipped, limits, async (entry) => {
    files.push({ path: entry.path, sizeBytes: entry.sizeBytes, sha256: await checksumOf(entry) });
  });
  return sortFiles(files);
}

/** A link's is that of where it leads; one that becomes a file with the same text has changed all the same. */
async function checksumOf({ linkTarget, content }: ArchiveEntry): Promise<string> {
  const hash = createHash("sha256");
  if (linkTarget !== null) return hash.update(`symlink\0${linkTarget}`).digest("hex");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
}
