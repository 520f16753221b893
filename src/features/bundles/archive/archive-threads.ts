import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { Piscina } from "piscina";
import { ArchiveRefused } from "../domain/archive-refused";
import type { RepackedUpload, Repacking, UploadToRepack } from "./repack-upload";

/** So that a large archive does not keep the small ones waiting. */
const MIN_THREADS = 2;
/** Node unpacks in no more threads than that. */
const MAX_THREADS = 4;
const IDLE_MS = 60_000;
const SOURCE = extname(__filename);

/**
 * Looks into uploads and packs them anew in worker threads, so that other requests do not wait for the many small files
 * of an upload (docs/adr/0020). Threads are started on demand.
 */
export class ArchiveThreads {
  private readonly threads = new Piscina<UploadToRepack, Repacking>({
    filename: join(__dirname, `repack-upload${SOURCE}`),
    name: "repackUpload",
    minThreads: 0,
    maxThreads: Math.min(Math.max(availableParallelism(), MIN_THREADS), MAX_THREADS),
    // A thread that waits for work shall close files meanwhile.
    atomics: "disabled",
    idleTimeout: IDLE_MS,
    // Its garbage is chunks of files, which lie outside of the heap.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
    // Not compiled, as in a test.
    ...(SOURCE === ".ts" && { execArgv: ["--require", "tsx/cjs"] }),
  });

  /** @throws ArchiveRefused; what fails in the file system, with its code */
  async repack(upload: UploadToRepack): Promise<RepackedUpload> {
    const repacking = await this.threads.run(upload);
    if (repacking.kind === "REFUSED") throw new ArchiveRefused(repacking.problem, repacking.message);
    if (repacking.kind === "FAILED") throw Object.assign(new Error(repacking.message), { code: repacking.code });
    const { uploadSha256, sha256, sizeBytes, files } = repacking;
    return { uploadSha256, sha256, sizeBytes, files };
  }

  /** What is being looked into fails. */
  stop(): Promise<void> {
    return this.threads.destroy();
  }
}
