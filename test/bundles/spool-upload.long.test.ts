import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ArchiveThreads } from "../../src/features/bundles/archive/archive-threads";
import { removeStaleSpools, spoolUpload } from "../../src/features/bundles/archive/spool-upload";
import { InvalidInput } from "../../src/kernel/errors";
import { archiveOf } from "./tar-builder";

const LIMITS = { maxUploadBytes: 100_000, maxUnpackedBytes: 1_000_000, maxFiles: 20 };
const threads = new ArchiveThreads();
afterAll(() => threads.stop());

const ARCHIVE = archiveOf([
  { name: "dags/etl.py", content: "print(1)\n" },
  { name: "dags/random", content: randomBytes(50_000) },
]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "retrograde-spool-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("an upload and what was packed anew of it are kept for their owner only, until they are disposed of", async () => {
  const spooled = await spoolUpload(Readable.from([ARCHIVE.subarray(0, 99), ARCHIVE.subarray(99)]), {
    folder,
    limits: LIMITS,
    threads,
  });
  const { asUploaded, files } = spooled;
  expect((await readFile(asUploaded.file)).equals(ARCHIVE)).toBe(true);
  for (const { file, sha256, sizeBytes } of [spooled, asUploaded]) {
    const bytes = await readFile(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect({ sha256, sizeBytes }).toEqual({
      sha256: createHash("sha256").update(bytes).digest("hex"),
      sizeBytes: bytes.length,
    });
  }
  expect(files.map(({ path }) => path)).toEqual(["etl.py", "random"]);
  expect((await readdir(folder)).length).toBe(2);
  await spooled.dispose();
  await spooled.dispose();
  expect(await readdir(folder)).toEqual([]);
});

/** Sends half of the archive and then breaks off. */
const broken = (error?: Error): Readable => {
  const upload = new Readable({ read: () => undefined });
  upload.push(ARCHIVE.subarray(0, ARCHIVE.length >> 1));
  setTimeout(() => upload.destroy(error), 20);
  return upload;
};

test.each<[string, () => Readable, object]>([
  ["larger than it may be", () => Readable.from([ARCHIVE, randomBytes(100_000)]), { problem: "TOO_LARGE" }],
  ["no archive", () => Readable.from([randomBytes(5_000)]), { problem: "NOT_GZIP" }],
  ["empty", () => Readable.from([]), { problem: "EMPTY_FILE" }],
  ["broken off without a word", () => broken(), { problem: "TRUNCATED" }],
  ["broken off by the network", () => broken(new Error("ECONNRESET")), { problem: "TRUNCATED" }],
  [
    "broken off before its first byte",
    () => new Readable({ read: () => undefined }).destroy(new Error("ECONNRESET")),
    { problem: "TRUNCATED" },
  ],
  [
    "refused by who sends it on",
    () => broken(new InvalidInput("file", "the form is malformed")),
    { name: "InvalidInput" },
  ],
])("of an upload that is %s nothing is kept or read any more", async (_name, open, refusal) => {
  const upload = open();
  await expect(spoolUpload(upload, { folder, limits: LIMITS, threads })).rejects.toMatchObject(refusal);
  expect(await readdir(folder)).toEqual([]);
  expect(upload.destroyed).toBe(true);
});

test("a spool folder that cannot be made is no fault of the upload, which is let go", async () => {
  await writeFile(join(folder, "file"), "");
  const upload = Readable.from([ARCHIVE]);
  await expect(
    spoolUpload(upload, { folder: join(folder, "file", "below"), limits: LIMITS, threads }),
  ).rejects.toMatchObject({ code: "ENOTDIR" });
  expect(upload.destroyed).toBe(true);
});

test("what was left by processes that died goes once it is old", async () => {
  for (const name of ["old.upload", "new.upload", "other"]) await writeFile(join(folder, name), "");
  for (const name of ["old.upload", "other"]) await utimes(join(folder, name), new Date(0), new Date(0));
  expect(await removeStaleSpools(folder, 60_000)).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(["new.upload", "other"]);
});

const MIB = 1024 ** 2;

test("200 MiB take less than 64 MiB of memory", async () => {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "spool-memory.ts"), folder, String(200 * MIB)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const { sizeBytes, grownBytes } = JSON.parse(await text(child.stdout)) as { sizeBytes: number; grownBytes: number };
  expect(sizeBytes).toBeGreaterThan(200 * MIB);
  expect(grownBytes).toBeLessThan(64 * MIB);
});
