import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, open, opendir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { FOLDER_MODE } from "../../../infrastructure/files/modes";
import { Unavailable } from "../../../kernel/errors";
import { toInstant } from "../../../kernel/instant";
import { fileOutage, isFileError, unlessMissing } from "../../../infrastructure/files/file-errors";
import { sync } from "../../../infrastructure/files/sync";
import { FolderMarks, markedBy } from "../../installation";
import { BundleMissing, type BundleStore, type ByteRange, type StoredObject } from "../app/bundle-store";
import { checkedStream } from "./checked-stream";

const NAME = /^([0-9a-f]{64})\.tar\.gz$/;
const UNFINISHED = ".part";
const LEFTOVER = /^[0-9a-f]{64}\.[0-9a-f-]{36}\.part$/;
const SHARD = /^[0-9a-f]{2}$/;
/**
 * Unpacking works chunk by chunk through threads: with Node's own 64 KiB that takes more processor time than the bytes.
 */
const READ_BYTES = 1024 * 1024;

/**
 * Archives as files `<folder>/<first two digits>/<sha256>.tar.gz`. A file is written under another name first, is on
 * disk before it gets its own, and never changes after that. Whatever else lies in the folder is left alone.
 */
export class FolderBundleStore implements BundleStore {
  readonly marks: FolderMarks;

  constructor(private readonly folder: string) {
    this.marks = new FolderMarks(folder);
  }

  put(sha256: string, file: string): Promise<void> {
    return reachable(this.write(sha256, file));
  }

  private async write(sha256: string, file: string): Promise<void> {
    const path = this.pathOf(sha256);
    const folder = dirname(path);
    if ((await mkdir(folder, { recursive: true, mode: FOLDER_MODE })) !== undefined) await sync(this.folder);
    const next = join(folder, `${sha256}.${randomUUID()}${UNFINISHED}`);
    try {
      await linkOrCopy(file, next);
      await sync(next);
      await rename(next, path);
      await sync(folder);
    } finally {
      // Also after success: renaming one name of a file to another of its names does nothing.
      await rm(next, { force: true });
    }
  }

  async stat(sha256: string): Promise<{ sizeBytes: number; version: string } | null> {
    const found = await reachable(unlessMissing(stat(this.pathOf(sha256), { bigint: true })));
    return found && { sizeBytes: Number(found.size), version: `${found.ino}-${found.mtimeNs}-${found.size}` };
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    const file = await reachable(unlessMissing(open(this.pathOf(sha256))));
    if (file === null) throw new BundleMissing(sha256);
    return range === undefined
      ? checkedStream(file.createReadStream({ highWaterMark: READ_BYTES }), sha256)
      : file.createReadStream({ highWaterMark: READ_BYTES, start: range.start, end: range.end });
  }

  async delete(sha256: string): Promise<void> {
    await reachable(rm(this.pathOf(sha256), { force: true }));
  }

  async *list(): AsyncGenerator<StoredObject> {
    for await (const entry of await entriesOf(this.folder)) {
      if (entry.isDirectory() && SHARD.test(entry.name)) yield* this.listShard(entry.name);
      else if (markedBy(entry.name) === null) yield* this.describe(entry.name, null);
    }
  }

  /** Removes what processes that were killed have left. Returns how many files. */
  async removeLeftovers(olderThanMs: number): Promise<number> {
    let removed = 0;
    for await (const shard of await entriesOf(this.folder)) {
      if (!shard.isDirectory() || !SHARD.test(shard.name)) continue;
      for await (const { name } of await entriesOf(join(this.folder, shard.name))) {
        if (!LEFTOVER.test(name)) continue;
        const path = join(this.folder, shard.name, name);
        const found = await unlessMissing(stat(path));
        // Not by mtime: that of a linked file tells when its bytes were written.
        if (found === null || Date.now() - found.ctimeMs < olderThanMs) continue;
        await rm(path, { force: true });
        removed++;
      }
    }
    return removed;
  }

  private async *listShard(shard: string): AsyncGenerator<StoredObject> {
    for await (const { name } of await entriesOf(join(this.folder, shard))) {
      if (!LEFTOVER.test(name)) yield* this.describe(join(shard, name), NAME.exec(name)?.[1] ?? null);
    }
  }

  private async *describe(name: string, sha256: string | null): AsyncGenerator<StoredObject> {
    const found = await unlessMissing(stat(join(this.folder, name)));
    // Not by mtime: that of a linked file tells when its bytes were written.
    if (found !== null) yield { sha256, name, sizeBytes: found.size, storedAt: toInstant(found.ctime) };
  }

  private pathOf(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), `${sha256}.tar.gz`);
  }
}

/** @throws Unavailable for failures of the file system that pass; without the path, since clients see the message */
async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const outage = fileOutage(error);
    throw outage === null
      ? error
      : new Unavailable(`The store of DAG bundles cannot be used at present (${outage.words})`, { cause: error });
  }
}

const entriesOf = async (folder: string) => (await unlessMissing(opendir(folder))) ?? [];

/** A second name for the same bytes costs nothing; only another file system needs them again. */
async function linkOrCopy(file: string, to: string): Promise<void> {
  try {
    await link(file, to);
  } catch (error) {
    if (!isFileError(error, "EXDEV", "EPERM", "EMLINK")) throw error;
    await copyFile(file, to, constants.COPYFILE_EXCL);
  }
}
