import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

const FOLDER = join(tmpdir(), `retrograde-bench-bare-${process.pid}`);
process.on("exit", () => rmSync(FOLDER, { recursive: true, force: true }));

/** Writes the body to a file with a checksum and syncs it to disk before the answer. The archive is not inspected. */
export async function storeUpload(request: IncomingMessage): Promise<object> {
  await mkdir(FOLDER, { recursive: true });
  const hash = createHash("sha256");
  const summing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(request, summing, createWriteStream(join(FOLDER, randomUUID()), { flush: true }));
  return { sha256: hash.digest("hex") };
}
