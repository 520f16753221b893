import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, opendir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BundleMissing, type BundleStore, type ByteRange } from "../app/bundle-store";
import { checkedStream } from "./checked-stream";

const NAME = /^([0-9a-f]{64})\.tar\.gz$/;
const SHARD = /^[0-9a-f]{2}$/;

/**
 * Archives as files `<folder>/<first two digits>/<sha256>.tar.gz`. A file is written under another name first, is on
 * disk before it gets its own, and never changes after that. Whatever else lies in the folder is left alone.
 */
export class FolderBundleStore implements BundleStore {
  constructor(private readonly folder: string) {}

  async put(sha256: string, file: string): Promise<void> {
    const path = this.pathOf(sha256);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const next = join(folder, `${sha256}.${randomUUID()}.part`);
    try {
      await pipeline(checkedStream(createReadStream(file), sha256), createWriteStream(next, { flags: "wx", mode: 0o640, flush: true }));
      await rename(next, path);
      await syncFolder(folder);
    } catch (error) {
      await rm(next, { force: true });
      throw error;
    }
  }

  async stat(sha256: string): Promise<{ sizeBytes: number; version: string } | null> {
    const found = await orNull(stat(this.pathOf(sha256), { bigint: true }));
    return found && { sizeBytes: Number(found.size), version: `${found.ino}-${found.mtimeNs}-${found.size}` };
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    const file = await orNull(open(this.pathOf(sha256)));
    if (file === null) throw new BundleMissing(sha256);
    if (range !== undefined) return file.createReadStream({ start: range.start, end: range.end });
    return checkedStream(file.createReadStream(), sha256);
  }

  async delete(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }

  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number }> {
    for await (const shard of await entriesOf(this.folder)) {
      if (!shard.isDirectory() || !SHARD.test(shard.name)) continue;
      for await (const file of await entriesOf(join(this.folder, shard.name))) {
        const sha256 = NAME.exec(file.name)?.[1];
        const found = sha256 === undefined ? null : await this.stat(sha256);
        if (sha256 !== undefined && found !== null) yield { sha256, sizeBytes: found.sizeBytes };
      }
    }
  }

  private pathOf(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), `${sha256}.tar.gz`);
  }
}

const entriesOf = async (folder: string) => (await orNull(opendir(folder))) ?? [];

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** So that the new name is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
