import { LRUCache } from "lru-cache";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { Unavailable } from "../../../kernel/errors";
import type { BundleState, DagBundle } from "../domain/dag-bundle";
import { BundleCorrupt, BundleMissing, type BundleStore } from "./bundle-store";

const MAX_KNOWN = 10_000;

/** Whether the store still holds what was uploaded. */
export class CheckBundle {
  /** By checksum, the version of the stored bytes that were read and found right. */
  private readonly read = new LRUCache<string, string>({ max: MAX_KNOWN });

  constructor(private readonly store: BundleStore) {}

  /**
   * Whether it is there in its full size: no byte of it is read, so that a page of bundles can be asked for. Null while
   * the store is away, so that the page can be read all the same.
   */
  async checkPresence({ sha256, sizeBytes }: Pick<DagBundle, "sha256" | "sizeBytes">): Promise<BundleState | null> {
    try {
      const stored = await this.store.stat(sha256);
      if (stored === null) return "MISSING";
      return stored.sizeBytes === sizeBytes ? "STORED" : "CORRUPT";
    } catch (error) {
      if (error instanceof Unavailable) return null;
      throw error;
    }
  }

  /**
   * Whether every byte of it is as it was stored. What was read before and has not changed since is not read again.
   * @throws Unavailable while the store is away
   */
  async verifyChecksum(bundle: Pick<DagBundle, "sha256" | "sizeBytes">): Promise<BundleState> {
    const { sha256 } = bundle;
    const stored = await this.store.stat(sha256);
    if (stored === null) return "MISSING";
    if (this.read.get(sha256) === stored.version) return "STORED";
    try {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      await pipeline(await this.store.open(sha256), nowhere);
    } catch (error) {
      if (error instanceof BundleCorrupt) return "CORRUPT";
      if (error instanceof BundleMissing) return "MISSING";
      throw error;
    }
    this.read.set(sha256, stored.version);
    return "STORED";
  }
}
