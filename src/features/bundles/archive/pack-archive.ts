import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ArchiveRefused } from "../domain/archive-refused";
import type { BundleFile } from "../domain/manifest";
import type { ContentsFile } from "./contents-file";
import { CHUNK_BYTES } from "./gunzip";
import { END_OF_TAR, headerBlocks, paddingOf, type WrittenEntry } from "./tar-writer";

/** A file or link of a tree that has been checked. */
export interface PackedFile extends BundleFile {
  readonly linkTarget: string | null;
  readonly executable: boolean;
  /** Where its bytes begin among the contents. */
  readonly start: number;
}

/** As `astro deploy` packs, which sidecars expect. */
const FOLDER = "dags/";
/** 4 % more bytes than level 6, in two thirds of its time. */
const LEVEL = 4;
/** zlib writes the operating system there, and 255 stands for none (RFC 1952). */
const SYSTEM_AT = 9;
const NO_SYSTEM = 255;
/** Max value of GraphQL's Int, the type of sizes in the API. */
const MAX_PACKED_BYTES = 2 ** 31 - 1;
/** 2000-01-01, in seconds: zip, which Python packages go through, knows no time before 1980. */
const EARLIEST = 946_684_800;
const TWENTY_YEARS = 631_152_000;

/**
 * Writes the archive that stands for these files: sorted, below `dags/`, without owners, and with times that depend on
 * nothing but the files. The same files give the same bytes, whoever packed them before
 * (docs/adr/0032; with another release of zlib they may be compressed in another way).
 * @throws ArchiveRefused if the archive is too large
 */
export async function packArchive(
  files: readonly PackedFile[],
  { contents, to, maxUnpackedBytes }: { contents: ContentsFile; to: string; maxUnpackedBytes: number },
): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const sum = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (sizeBytes === 0) chunk[SYSTEM_AT] = NO_SYSTEM;
      sizeBytes += chunk.length;
      hash.update(chunk);
      if (sizeBytes > MAX_PACKED_BYTES)
        done(new ArchiveRefused("TOO_LARGE", `The archive has more than ${MAX_PACKED_BYTES} bytes, packed anew`));
      else done(null, chunk);
    },
  });
  await pipeline(
    Readable.from(inChunks(tarOf(files, contents), maxUnpackedBytes), { objectMode: true, highWaterMark: 1 }),
    createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES }),
    sum,
    createWriteStream(to, { flags: "wx", mode: 0o600 }),
  );
  return { sha256: hash.digest("hex"), sizeBytes };
}

function* tarOf(files: readonly PackedFile[], contents: ContentsFile): Generator<Buffer> {
  for (const { entry, file } of entriesOf(files)) {
    yield headerBlocks(entry);
    if (file === null || file.linkTarget !== null) continue;
    for (let done = 0; done < file.sizeBytes; done += CHUNK_BYTES) {
      const piece = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, file.sizeBytes - done));
      contents.readAt(file.start + done, piece);
      yield piece;
    }
    yield paddingOf(file.sizeBytes);
  }
  yield END_OF_TAR;
}

interface SortedEntry {
  readonly entry: WrittenEntry;
  /** Null for a folder. */
  readonly file: PackedFile | null;
}

/** Folders are those that files lie in: some tools write them, and others do not. */
function entriesOf(files: readonly PackedFile[]): SortedEntry[] {
  const entries = [
    ...Array.from(foldersOf(files), (name): SortedEntry => ({ entry: folderEntry(name), file: null })),
    ...files.map((file): SortedEntry => ({ entry: fileEntry(file), file })),
  ].map((one) => ({ ...one, key: Buffer.from(one.entry.name) }));
  return entries.sort((a, b) => Buffer.compare(a.key, b.key));
}

function foldersOf(files: readonly PackedFile[]): ReadonlySet<string> {
  const folders = new Set([FOLDER]);
  for (const { path } of files) {
    const name = `${FOLDER}${path}`;
    let end = name.lastIndexOf("/");
    while (end > 0 && !folders.has(name.slice(0, end + 1))) {
      folders.add(name.slice(0, end + 1));
      end = name.lastIndexOf("/", end - 1);
    }
  }
  return folders;
}

const folderEntry = (name: string): WrittenEntry => ({
  name,
  kind: "FOLDER",
  linkTarget: "",
  sizeBytes: 0,
  executable: false,
  modifiedAt: EARLIEST,
});

function fileEntry({ path, linkTarget, sizeBytes, executable, sha256 }: PackedFile): WrittenEntry {
  return {
    name: `${FOLDER}${path}`,
    kind: linkTarget === null ? "FILE" : "SYMBOLIC_LINK",
    linkTarget: linkTarget ?? "",
    sizeBytes: linkTarget === null ? sizeBytes : 0,
    executable,
    modifiedAt: linkTarget === null ? timeOf(sha256) : EARLIEST,
  };
}

/**
 * A time that belongs to the content. Python takes a compiled file for current if time and size of its source are the
 * same; with one time for all versions it would run the code of another one after a deploy or a rollback.
 */
const timeOf = (sha256: string): number => EARLIEST + (parseInt(sha256.slice(0, 8), 16) % TWENTY_YEARS);

/** In chunks of one size, so that zlib does the same with the same bytes. @throws ArchiveRefused beyond that size */
function* inChunks(pieces: Iterable<Buffer>, maxBytes: number): Generator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  let total = 0;
  for (const piece of pieces) {
    total += piece.length;
    if (total > maxBytes)
      throw new ArchiveRefused(
        "TOO_LARGE_UNPACKED",
        `The archive unpacks to more than ${maxBytes} bytes, with the folders that its files lie in`,
      );
    for (let done = 0; done < piece.length;) {
      const copied = piece.copy(chunk, used, done);
      done += copied;
      used += copied;
      if (used < CHUNK_BYTES) continue;
      yield chunk;
      chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      used = 0;
    }
  }
  yield chunk.subarray(0, used);
}
