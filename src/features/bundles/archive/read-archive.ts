import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ReadEntry } from "tar";
import { ArchiveRefused, shown } from "../domain/archive-refused";
import { ArchiveTree } from "../domain/archive-tree";
import type { ArchiveLimits } from "../domain/archive-limits";
import { EntryQueue } from "./entry-queue";

/** A regular file or a symbolic link of an archive. */
export interface ArchiveEntry {
  /** Below the DAG folder. */
  readonly path: string;
  /** Null for a file. */
  readonly linkTarget: string | null;
  readonly sizeBytes: number;
  readonly executable: boolean;
  /** To be read while the entry is visited; what is left is skipped. Empty for a link. */
  readonly content: AsyncIterable<Buffer>;
}

/** Each chunk goes through a thread and several promises, which for zlib's own 16 KiB cost more than the bytes. */
export const CHUNK_BYTES = 1024 * 1024;

/**
 * Goes over a gzip'd tar once and shows each file and link to `visit`, one after another. Neither the archive nor a
 * file is ever in memory as a whole. Folders are implied by what lies in them.
 * @throws ArchiveRefused, after which something may have been visited that must not be kept
 */
export async function readArchive(
  gzipped: AsyncIterable<Uint8Array>,
  limits: Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const tree = new ArchiveTree();
  const entries = new EntryQueue((entry) => visitEntry(entry, tree, limits, visit));
  await entries.takeAll(unpacked(gzipped, limits));
  tree.check();
}

/** The tar inside. @throws ArchiveRefused; whatever `gzipped` ends in, as it is */
async function* unpacked(
  gzipped: AsyncIterable<Uint8Array>,
  { maxUnpackedBytes }: Pick<ArchiveLimits, "maxUnpackedBytes">,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let packedBytes = 0;
  let isAllRead = false;
  const source = Readable.from(
    (async function* () {
      for await (const chunk of gzipped) {
        packedBytes += chunk.length;
        yield chunk;
      }
      isAllRead = true;
    })(),
    { objectMode: false },
  );
  source.on("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxUnpackedBytes) {
        throw new ArchiveRefused("TOO_LARGE_UNPACKED", `The archive unpacks to more than ${maxUnpackedBytes} bytes`);
      }
      yield chunk;
    }
    if (isAllRead && packedBytes === 0) throw emptyFile();
    // zlib takes zeros behind a gzip stream for padding, ends there, and leaves what may follow them unread.
    if (!isAllRead || gunzip.bytesWritten < packedBytes)
      throw new ArchiveRefused("NOT_GZIP", "Something follows the end of the gzip stream");
  } catch (error) {
    throw isAllRead && packedBytes === 0 ? emptyFile() : translated(error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

const emptyFile = (): ArchiveRefused =>
  new ArchiveRefused(
    "EMPTY_FILE",
    "The file has no bytes; an archive without DAGs is one without entries, and not nothing",
  );

/** zlib tells what is wrong by code: https://nodejs.org/api/zlib.html#constants. */
function translated(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "Z_BUF_ERROR")
    return new ArchiveRefused("TRUNCATED", "The archive breaks off before its end", { cause: error });
  if (code === "Z_DATA_ERROR")
    return new ArchiveRefused("NOT_GZIP", "The file is not compressed by gzip, or damaged", { cause: error });
  return error;
}

async function visitEntry(
  entry: ReadEntry,
  tree: ArchiveTree,
  { maxFiles, maxUnpackedBytes }: Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const path = tree.pathOf(entry.path);
  const { type } = entry;
  if (type === "Directory") return void (path !== null && tree.addFolder(path, maxFiles));
  const isFile = type === "File" || type === "OldFile" || type === "ContiguousFile";
  if (!isFile && type !== "SymbolicLink") {
    const advice = type === "Link" ? "; pack with --hard-dereference" : "";
    throw new ArchiveRefused(
      "UNSUPPORTED_ENTRY",
      `${shown(entry.path)} is a ${type}; only files and symbolic links are deployed${advice}`,
    );
  }
  if (path === null)
    throw new ArchiveRefused("UNSAFE_PATH", `${shown(entry.path)} stands for the DAG folder itself, and is no folder`);
  // Counted before the content: what a header promises is not to be waited for.
  if (entry.size > maxUnpackedBytes)
    throw new ArchiveRefused("TOO_LARGE_UNPACKED", `${shown(path)} is larger than ${maxUnpackedBytes} bytes`);
  if (isFile) tree.addFile(path, maxFiles);
  else tree.addLink(path, entry.linkpath ?? "", maxFiles);
  await visit({
    path,
    linkTarget: isFile ? null : (entry.linkpath ?? ""),
    sizeBytes: isFile ? entry.size : Buffer.byteLength(entry.linkpath ?? ""),
    executable: isFile && ((entry.mode ?? 0) & 0o100) !== 0,
    content: isFile ? entry : nothing(),
  });
}

async function* nothing(): AsyncGenerator<Buffer> {
  // A link has no content.
}
