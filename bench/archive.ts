import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What every seeded DAG bundle holds: no DAGs at all. */
const ARCHIVE = gzipSync(Buffer.alloc(1024));
export const ARCHIVE_BYTES = ARCHIVE.length;
export const ARCHIVE_SHA256 = createHash("sha256").update(ARCHIVE).digest("hex");

/** Where the product looks for it, so that rollbacks find the bundles that they check for. */
export async function placeArchive(dataDir: string): Promise<void> {
  const folder = join(dataDir, "bundles", ARCHIVE_SHA256.slice(0, 2));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${ARCHIVE_SHA256}.tar.gz`), ARCHIVE);
}
