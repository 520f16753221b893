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

/** The body to a file, on disk before it is answered, and through a checksum; nothing is looked into. */
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
