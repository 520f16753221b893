import { ArchiveRefused, BundleCorrupt, BundleMissing, type UnpackBundle } from "../../bundles";
import type { DagTrees } from "./dag-trees";
import { RolloutRejected } from "./rollout-driver";

/** DAG trees out of the bundle store. */
export class BundleTrees implements DagTrees {
  constructor(private readonly bundles: UnpackBundle) {}

  async unpack(sha256: string, folder: string, signal: AbortSignal): Promise<void> {
    try {
      await this.bundles.execute(sha256, folder, signal);
    } catch (error) {
      const isFinal =
        error instanceof BundleMissing || error instanceof BundleCorrupt || error instanceof ArchiveRefused;
      throw isFinal ? new RolloutRejected(error.message, { cause: error }) : error;
    }
  }
}
