import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { ArchiveThreads } from "../../src/features/bundles/archive/archive-threads";
import { spoolUpload } from "../../src/features/bundles/archive/spool-upload";
import { archiveOf, END, tarOf } from "./tar-builder";

const SAMPLE_EVERY_MS = 10;

/** Spools so many random bytes as the files of one archive, and tells by how much the process has grown at most. */
async function main(folder: string, bytes: number): Promise<void> {
  const limits = { maxUploadBytes: 2 * bytes, maxUnpackedBytes: 2 * bytes, maxFiles: 10_000 };
  const threads = new ArchiveThreads();
  // Code that is loaded, and memory that zlib takes once.
  await (
    await spoolUpload(Readable.from([archiveOf([{ name: "dags/a", content: randomBytes(5_000_000) }])]), {
      folder,
      limits,
      threads,
    })
  ).dispose();
  const before = process.memoryUsage().rss;
  let most = before;
  const measure = (): void => void (most = Math.max(most, process.memoryUsage().rss));
  // Also while it is looked into, when nothing comes in any more.
  const sampling = setInterval(measure, SAMPLE_EVERY_MS);
  const upload = Readable.from(tar(bytes, measure), { objectMode: false }).pipe(
    createGzip({ level: constants.Z_BEST_SPEED }),
  );
  const spooled = await spoolUpload(upload, { folder, limits, threads });
  clearInterval(sampling);
  await spooled.dispose();
  await threads.stop();
  process.stdout.write(JSON.stringify({ sizeBytes: spooled.sizeBytes, grownBytes: most - before }));
}

/** One file of half of the bytes, and small ones. */
function* tar(bytes: number, measure: () => void): Generator<Buffer> {
  const random = randomBytes(512 * 1024);
  const half = bytes / 2;
  yield tarOf([{ name: "dags/half", sizeBytes: half }], Buffer.alloc(0));
  for (let written = 0; written < half; written += random.length) {
    measure();
    yield random;
  }
  for (let at = 0; at * random.length < half; at++) {
    measure();
    yield tarOf([{ name: `dags/${at}`, content: random }], Buffer.alloc(0));
  }
  yield END;
}

void main(process.argv[2] ?? "", Number(process.argv[3]));
