import { availableParallelism } from "node:os";
import { extname, join } from "node:path";
import { Piscina } from "piscina";
import { ArchiveRefused } from "../domain/archive-refused";
import type { ArchiveLimits } from "../domain/archive-limits";
import type { InspectedArchive } from "../app/archives";
import type { ArchiveToInspect, Inspection } from "./inspect-archive";

/** So that a large archive does not keep the small ones waiting. */
const MIN_THREADS = 2;
/** Node unpacks in no more threads than that. */
const MAX_THREADS = 4;
const IDLE_MS = 60_000;
const SOURCE = extname(__filename);

/**
 * Inspects archives in worker threads, so that other requests do not wait for the many small files of an upload
 * (docs/adr/0020). Threads are started on demand.
 */
export class ArchiveInspector {
  private readonly threads = new Piscina<ArchiveToInspect, Inspection>({
    filename: join(__dirname, `inspect-archive${SOURCE}`),
    name: "inspectArchive",
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

  /** @throws ArchiveRefused */
  async inspect(file: string, limits: ArchiveLimits): Promise<InspectedArchive> {
    const inspection = await this.threads.run({ file, limits });
    if (inspection.kind === "REFUSED") throw new ArchiveRefused(inspection.problem, inspection.message);
    return { sha256: inspection.sha256, files: inspection.files };
  }

  /** What is being looked into fails. */
  stop(): Promise<void> {
    return this.threads.destroy();
  }
}
