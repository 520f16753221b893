import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { ArchiveRefused, type ArchiveProblem } from "../domain/archive-refused";
import type { InspectedArchive } from "../app/archives";
import type { ArchiveLimits } from "../domain/archive-limits";
import { buildManifest } from "./build-manifest";
import { CHUNK_BYTES } from "./read-archive";

export interface ArchiveToInspect {
  readonly file: string;
  readonly limits: ArchiveLimits;
}

/** As data: an error that goes from thread to thread is not of its class any more. */
export type Inspection =
  | ({ readonly kind: "GOOD" } & InspectedArchive)
  | { readonly kind: "REFUSED"; readonly problem: ArchiveProblem; readonly message: string };

/** Finds out what a file holds, in one pass. What is no archive of DAGs is an answer, and no error. */
export async function inspectArchive({ file, limits }: ArchiveToInspect): Promise<Inspection> {
  const hash = createHash("sha256");
  try {
    const files = await buildManifest(summedUp(createReadStream(file, { highWaterMark: CHUNK_BYTES }), hash), limits);
    return { kind: "GOOD", sha256: hash.digest("hex"), files };
  } catch (error) {
    if (!(error instanceof ArchiveRefused)) throw error;
    return { kind: "REFUSED", problem: error.problem, message: error.message };
  }
}

async function* summedUp(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
