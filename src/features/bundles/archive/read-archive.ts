import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { ArchiveRefused, shown } from "../domain/archive-refused";
import { ArchiveTree } from "../domain/archive-tree";
import type { ArchiveLimits } from "./archive-limits";

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

const HEADER_BYTES = 512;
/** An archive ends in two blocks of zeros; without them it was cut off. */
const END_BYTES = 2 * HEADER_BYTES;
/** Each chunk goes through a thread and several promises, which for zlib's own 16 KiB cost more than the bytes. */
const CHUNK_BYTES = 256 * 1024;
/** Names and attributes that tar keeps in entries of their own are read into memory. */
const META_MOST_BYTES = 64 * 1024;

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

/** The tar inside. */
async function* unpacked(gzipped: AsyncIterable<Uint8Array>, { maxUnpackedBytes }: Pick<ArchiveLimits, "maxUnpackedBytes">): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let packedBytes = 0;
  const source = Readable.from(
    (async function* () {
      for await (const chunk of gzipped) {
        packedBytes += chunk.length;
        yield chunk;
      }
    })(),
    { objectMode: false },
  );
  source.on("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let bytes = 0;
  let end: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxUnpackedBytes) {
        throw new ArchiveRefused("TOO_LARGE_UNPACKED", `The archive unpacks to more than ${maxUnpackedBytes} bytes`);
      }
      end = chunk.length >= END_BYTES ? chunk.subarray(-END_BYTES) : Buffer.concat([end, chunk]).subarray(-END_BYTES);
      yield chunk;
    }
  } catch (error) {
    throw packedBytes === 0 && !(error instanceof ArchiveRefused) ? emptyFile() : translated(error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  if (packedBytes === 0) throw emptyFile();
  if (bytes < END_BYTES || bytes % HEADER_BYTES !== 0 || end.some((byte) => byte !== 0)) {
    throw new ArchiveRefused("TRUNCATED", "The archive breaks off before its end");
  }
}

const emptyFile = (): ArchiveRefused =>
  new ArchiveRefused("EMPTY_FILE", "The file has no bytes; an archive without DAGs is one without entries, and not nothing");

/** zlib tells what is wrong by code: https://nodejs.org/api/zlib.html#constants. */
function translated(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "Z_BUF_ERROR") return new ArchiveRefused("TRUNCATED", "The archive breaks off before its end", { cause: error });
  if (code === "Z_DATA_ERROR") return new ArchiveRefused("NOT_GZIP", "The file is not compressed by gzip, or damaged", { cause: error });
  return error;
}

/** Feeds the parser and has its entries worked through one after another. */
class EntryQueue {
  private readonly parser: Parser;
  private last: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;
  private isBlank = true;

  constructor(private readonly work: (entry: ReadEntry) => Promise<void>) {
    this.parser = new Parser({ strict: true, maxMetaEntrySize: META_MOST_BYTES });
    this.parser.on("entry", (entry: ReadEntry) => this.enqueue(entry));
    this.parser.on("ignoredEntry", ({ type, path }: ReadEntry) => {
      this.fail(new ArchiveRefused("UNSUPPORTED_ENTRY", `${shown(path)} is of a kind that no DAG folder holds (${type}), or its attributes are too large`));
    });
    this.parser.on("error", (error: Error) => this.fail(new ArchiveRefused("NOT_TAR", `The file is no tar archive, or damaged (${error.message})`, { cause: error })));
    this.parser.on("drain", () => this.wake());
  }

  /** Ends with the last entry's work. */
  async takeAll(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      this.isBlank &&= chunk.every((byte) => byte === 0);
      if (this.failure === undefined && !this.parser.write(chunk)) await this.untilWoken();
      this.throwFailure();
    }
    // No entry at all is fine here, and unrecognizable to the parser.
    if (this.isBlank) return;
    const ended = new Promise<void>((resolve) => this.parser.once("end", resolve));
    this.parser.end();
    await Promise.race([ended, this.untilWoken()]);
    await this.last;
    this.throwFailure();
  }

  private enqueue(entry: ReadEntry): void {
    this.last = this.last.then(async () => {
      if (this.failure === undefined) await this.work(entry);
      entry.resume();
    }).catch((error: unknown) => {
      this.fail(error);
      entry.resume();
    });
  }

  private untilWoken(): Promise<void> {
    return this.failure === undefined ? new Promise((resolve) => (this.wake = resolve)) : Promise.resolve();
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}

async function visitEntry(
  entry: ReadEntry,
  tree: ArchiveTree,
  { maxFiles, maxUnpackedBytes }: Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const path = tree.pathOf(entry.path);
  const { type } = entry;
  if (type === "Directory") return;
  const isFile = type === "File" || type === "OldFile" || type === "ContiguousFile";
  if (!isFile && type !== "SymbolicLink") {
    const advice = type === "Link" ? "; pack with --hard-dereference" : "";
    throw new ArchiveRefused("UNSUPPORTED_ENTRY", `${shown(entry.path)} is a ${type}; only files and symbolic links are deployed${advice}`);
  }
  if (path === null) throw new ArchiveRefused("UNSAFE_PATH", `${shown(entry.path)} stands for the DAG folder itself, and is no folder`);
  // Counted before the content: what a header promises is not to be waited for.
  if (entry.size > maxUnpackedBytes) throw new ArchiveRefused("TOO_LARGE_UNPACKED", `${shown(path)} is larger than ${maxUnpackedBytes} bytes`);
  if (isFile) tree.addFile(path);
  else tree.addLink(path, entry.linkpath ?? "");
  if (tree.size > maxFiles) throw new ArchiveRefused("TOO_MANY_FILES", `The archive holds more than ${maxFiles} files`);
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
