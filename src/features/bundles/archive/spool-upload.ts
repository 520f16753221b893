import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { FOLDER_MODE } from "../../../infrastructure/files/modes";
import { DomainError } from "../../../kernel/errors";
import { ArchiveRefused } from "../domain/archive-refused";
import type { ArchiveThreads } from "./archive-threads";
import type { ArchiveLimits } from "../domain/archive-limits";
import type { SpooledUpload } from "../app/archives";

const ENDING = ".upload";
const WRITE_BYTES = 512 * 1024;
/** Each small chunk takes more memory than its bytes. */
const WRITE_CHUNKS = 1_000;

/**
 * Takes an upload in to a file, at the pace of the disk, looks into it and packs it anew. Whatever goes wrong, no file is
 * left and the rest of the upload is not waited for.
 * @throws ArchiveRefused
 */
export async function spoolUpload(
  upload: Readable,
  {
    folder,
    limits,
    threads,
  }: { readonly folder: string; readonly limits: ArchiveLimits; readonly threads: Pick<ArchiveThreads, "repack"> },
): Promise<SpooledUpload> {
  // Without a listener, an upload that breaks off before it is read would end the process. The read reports the error.
  upload.on("error", () => undefined);
  const name = join(folder, randomUUID());
  const [file, contents, packed] = [`${name}${ENDING}`, `${name}.contents${ENDING}`, `${name}.packed${ENDING}`];
  const handle = await create(file).catch((error: unknown) => {
    upload.destroy();
    throw error;
  });
  const dispose = async (): Promise<void> => {
    await Promise.all([file, contents, packed].map((path) => rm(path, { force: true })));
  };
  try {
    const uploadBytes = await write(upload, handle, limits).finally(() => handle.close());
    const { uploadSha256, ...archive } = await threads.repack({ upload: file, contents, packed, limits });
    const asUploaded = { file, sha256: uploadSha256, sizeBytes: uploadBytes };
    return { ...archive, file: packed, asUploaded, dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    upload.destroy();
  }
}

async function create(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  return open(path, "wx", 0o600);
}

/** Returns how many bytes. @throws ArchiveRefused */
async function write(upload: Readable, file: FileHandle, { maxUploadBytes }: ArchiveLimits): Promise<number> {
  let sizeBytes = 0;
  for await (const chunks of gathered(upload)) {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    sizeBytes += bytes;
    if (sizeBytes > maxUploadBytes)
      throw new ArchiveRefused("TOO_LARGE", `The file is larger than ${maxUploadBytes} bytes`);
    const { bytesWritten } = await file.writev(chunks);
    // A disk that is full takes a part, and says so only at the rest.
    if (bytesWritten < bytes) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
  }
  return sizeBytes;
}

/**
 * Several chunks at a time: each write is waited for by itself.
 * @throws ArchiveRefused where the upload breaks off and its sender has not said why
 */
async function* gathered(upload: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of upload) {
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes < WRITE_BYTES && waiting.length < WRITE_CHUNKS) continue;
      yield waiting;
      waiting = [];
      bytes = 0;
    }
  } catch (error) {
    throw error instanceof DomainError
      ? error
      : new ArchiveRefused("TRUNCATED", "The upload broke off before its end", { cause: error });
  }
  if (bytes > 0) yield waiting;
}

/** Removes what a process that was killed has left. Returns how many files. */
export async function removeStaleSpools(folder: string, olderThanMs: number): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let removed = 0;
  for (const name of names.filter((one) => one.endsWith(ENDING))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found === null || Date.now() - found.mtimeMs < olderThanMs) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}
