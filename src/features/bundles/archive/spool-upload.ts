import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { DomainError } from "../../../shared/domain/errors";
import { ArchiveRefused } from "../domain/archive-refused";
import type { BundleFile } from "../domain/manifest";
import type { ArchiveLimits } from "./archive-limits";
import { buildManifest } from "./build-manifest";

const ENDING = ".upload";
const CHUNK_BYTES = 256 * 1024;

/** An upload that was found to be an archive of DAGs, in a file of this machine. */
export interface SpooledUpload {
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly files: readonly BundleFile[];
  dispose(): Promise<void>;
}

/**
 * Takes an upload in: to a file, and through checksum and inspection at the same time, at the pace of the slowest.
 * Whatever goes wrong, no file is left and the rest of the upload is not waited for.
 * @throws ArchiveRefused
 */
export async function spoolUpload(
  upload: Readable,
  { folder, limits }: { readonly folder: string; readonly limits: ArchiveLimits },
): Promise<SpooledUpload> {
  // An upload that breaks off while nobody reads it yet is told of when it is read.
  upload.on("error", () => undefined);
  const path = join(folder, `${randomUUID()}${ENDING}`);
  const file = await create(path).catch((error: unknown) => {
    upload.destroy();
    throw error;
  });
  const dispose = (): Promise<void> => rm(path, { force: true });
  try {
    const passed = new PassedBytes(limits.maxUploadBytes);
    const files = await buildManifest(passed.through(upload, file), limits);
    return { file: path, sha256: passed.sha256(), sizeBytes: passed.sizeBytes, files, dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    upload.destroy();
    await file.close();
  }
}

async function create(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  return open(path, "wx", 0o600);
}

/** Writes what passes to a file, and counts and sums it up. */
class PassedBytes {
  sizeBytes = 0;
  private readonly hash = createHash("sha256");

  constructor(private readonly mostBytes: number) {}

  async *through(upload: Readable, file: FileHandle): AsyncGenerator<Buffer> {
    for await (const chunk of gathered(upload)) {
      this.sizeBytes += chunk.length;
      if (this.sizeBytes > this.mostBytes) throw new ArchiveRefused("TOO_LARGE", `The file is larger than ${this.mostBytes} bytes`);
      this.hash.update(chunk);
      await file.writeFile(chunk);
      yield chunk;
    }
  }

  sha256(): string {
    return this.hash.digest("hex");
  }
}

/**
 * The same bytes in fewer chunks: each of them is written, unpacked and waited for by itself.
 * @throws ArchiveRefused where the upload breaks off and its sender has not said why
 */
async function* gathered(upload: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of upload) {
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes < CHUNK_BYTES) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
  } catch (error) {
    throw error instanceof DomainError ? error : new ArchiveRefused("TRUNCATED", "The upload broke off before its end", { cause: error });
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** Removes what a process that was killed has left. Answers how many files. */
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
