import type { Archives } from "./archives";
import type { BundleStore } from "./bundle-store";

/** Writes a stored bundle's files below an empty folder. */
export class UnpackBundle {
  constructor(private readonly deps: { readonly store: BundleStore; readonly archives: Pick<Archives, "unpack"> }) {}

  /** @throws BundleMissing, BundleCorrupt; ArchiveRefused if it is larger than bundles may be by now */
  async execute(sha256: string, folder: string, signal: AbortSignal): Promise<void> {
    const archive = await this.deps.store.open(sha256);
    const stop = (): void =>
      void archive.destroy(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
    signal.addEventListener("abort", stop, { once: true });
    try {
      signal.throwIfAborted();
      await this.deps.archives.unpack(archive, folder);
    } finally {
      signal.removeEventListener("abort", stop);
      archive.destroy();
    }
  }
}
