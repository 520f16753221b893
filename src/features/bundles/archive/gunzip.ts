import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ArchiveRefused } from "../domain/archive-refused";

/** Each chunk goes through a thread and several promises, which for zlib's own 16 KiB cost more than the bytes. */
export const CHUNK_BYTES = 1024 * 1024;

/** What else people send, by its first bytes (the file(1) database): the name, and how to pack instead. */
const OTHER_FORMATS: readonly (readonly [magic: Buffer, offset: number, name: string])[] = [
  [Buffer.from("PK\x03\x04", "latin1"), 0, "a zip archive"],
  [Buffer.from("PK\x05\x06", "latin1"), 0, "a zip archive"],
  [Buffer.from("BZh"), 0, "compressed by bzip2"],
  [Buffer.from("\xfd7zXZ\0", "latin1"), 0, "compressed by xz"],
  [Buffer.from("\x28\xb5\x2f\xfd", "latin1"), 0, "compressed by zstd"],
  [Buffer.from("7z\xbc\xaf\x27\x1c", "latin1"), 0, "a 7-Zip archive"],
  [Buffer.from("ustar"), 257, "a tar archive that is not compressed"],
];
const MAX_MAGIC_BYTES = 512;

/**
 * Unpacks one gzip stream; several members that follow each other are one stream, as RFC 1952 has it.
 * @throws ArchiveRefused if it unpacks to more than that or is no gzip; whatever `gzipped` ends in, as it is
 */
export async function* gunzip(gzipped: AsyncIterable<Uint8Array>, maxUnpackedBytes: number): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let packedBytes = 0;
  let head: Buffer = Buffer.alloc(0);
  let isAllRead = false;
  const source = Readable.from(
    (async function* () {
      for await (const chunk of gzipped) {
        packedBytes += chunk.length;
        if (head.length < MAX_MAGIC_BYTES) head = Buffer.concat([head, chunk.subarray(0, MAX_MAGIC_BYTES)]);
        yield chunk;
      }
      isAllRead = true;
    })(),
    { objectMode: false },
  );
  source.on("error", (error) => unzip.destroy(error));
  source.pipe(unzip);
  let bytes = 0;
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxUnpackedBytes) {
        throw new ArchiveRefused("TOO_LARGE_UNPACKED", `The archive unpacks to more than ${maxUnpackedBytes} bytes`);
      }
      yield chunk;
    }
    if (isAllRead && packedBytes === 0) throw emptyFile();
    // zlib takes zeros behind a gzip stream for padding, ends there, and leaves what may follow them unread.
    if (!isAllRead || unzip.bytesWritten < packedBytes)
      throw new ArchiveRefused("NOT_GZIP", "Something follows the end of the gzip stream");
  } catch (error) {
    throw isAllRead && packedBytes === 0 ? emptyFile() : translated(error, head);
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

const emptyFile = (): ArchiveRefused =>
  new ArchiveRefused(
    "EMPTY_FILE",
    "The file has no bytes; an archive without DAGs is one without entries, and not nothing",
  );

/** zlib tells what is wrong by code: https://nodejs.org/api/zlib.html#constants. */
function translated(error: unknown, head: Buffer): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "Z_BUF_ERROR")
    return new ArchiveRefused("TRUNCATED", "The archive breaks off before its end", { cause: error });
  if (code !== "Z_DATA_ERROR") return error;
  const other = OTHER_FORMATS.find(([magic, offset]) =>
    head.subarray(offset, offset + magic.length).equals(magic),
  )?.[2];
  const message =
    other === undefined
      ? "The file is not compressed by gzip, or damaged"
      : `The file is ${other}; DAGs are taken as a gzip'd tar (tar czf dags.tar.gz dags/)`;
  return new ArchiveRefused("NOT_GZIP", message, { cause: error });
}
