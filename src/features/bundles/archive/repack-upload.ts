import { createHash, type Hash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { ArchiveRefused, type ArchiveProblem } from "../domain/archive-refused";
import type { ArchiveLimits } from "../domain/archive-limits";
import { sortFiles, type BundleFile } from "../domain/manifest";
import { ContentsFile } from "./contents-file";
import { CHUNK_BYTES } from "./gunzip";
import { packArchive, type PackedFile } from "./pack-archive";
import { readArchive, type ArchiveEntry } from "./read-archive";

export interface UploadToRepack {
  /** What was uploaded. */
  readonly upload: string;
  /** Where to write the archive anew. */
  readonly packed: string;
  /** Where to keep the unpacked bytes meanwhile. */
  readonly contents: string;
  readonly limits: ArchiveLimits;
}

export interface RepackedUpload {
  readonly uploadSha256: string;
  /** Of the archive that was written. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly files: readonly BundleFile[];
}

/** As data: an error that goes from thread to thread loses its class and its code. */
export type Repacking =
  | ({ readonly kind: "GOOD" } & RepackedUpload)
  | { readonly kind: "REFUSED"; readonly problem: ArchiveProblem; readonly message: string }
  | { readonly kind: "FAILED"; readonly code: string; readonly message: string };

/** Finds out what an upload holds, and writes that as an archive of our own. */
export async function repackUpload(work: UploadToRepack): Promise<Repacking> {
  try {
    return { kind: "GOOD", ...(await repack(work)) };
  } catch (error) {
    if (error instanceof ArchiveRefused) return { kind: "REFUSED", problem: error.problem, message: error.message };
    const { code } = error as { code?: unknown };
    if (!(error instanceof Error) || typeof code !== "string") throw error;
    return { kind: "FAILED", code, message: error.message };
  }
}

async function repack({ upload, packed, contents: path, limits }: UploadToRepack): Promise<RepackedUpload> {
  const contents = new ContentsFile(path);
  try {
    const hash = createHash("sha256");
    const uploaded = summedUp(createReadStream(upload, { highWaterMark: CHUNK_BYTES }), hash);
    const found: PackedFile[] = [];
    await readArchive(uploaded, { limits, isUpload: true }, async (entry) => {
      found.push(await keep(entry, contents));
    });
    contents.flush();
    const archive = await packArchive(found, { contents, to: packed, maxUnpackedBytes: limits.maxUnpackedBytes });
    const files = sortFiles(found.map(({ path: name, sizeBytes, sha256 }) => ({ path: name, sizeBytes, sha256 })));
    return { uploadSha256: hash.digest("hex"), ...archive, files };
  } finally {
    contents.close();
    rmSync(path, { force: true });
  }
}

async function keep(entry: ArchiveEntry, contents: ContentsFile): Promise<PackedFile> {
  const { path, linkTarget, sizeBytes, executable } = entry;
  const start = contents.end;
  const hash = createHash("sha256");
  // A link that becomes a file with the same text has changed all the same.
  if (linkTarget !== null) hash.update(`symlink\0${linkTarget}`);
  for await (const chunk of entry.content) {
    hash.update(chunk);
    contents.append(chunk);
  }
  return { path, linkTarget, sizeBytes, executable, start, sha256: hash.digest("hex") };
}

async function* summedUp(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
