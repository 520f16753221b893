import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ArchiveInspector } from "../../src/features/bundles/archive/archive-inspector";
import { removeStaleSpools, spoolUpload } from "../../src/features/bundles/archive/spool-upload";
import { InvalidInput } from "../../src/kernel/errors";
import { archiveOf } from "./tar-builder";

const LIMITS = { maxUploadBytes: 100_000, maxUnpackedBytes: 1_000_000, maxFiles: 20 };
const inspector = new ArchiveInspector();
afterAll(() => inspector.stop());

const ARCHIVE = archiveOf([
  { name: "dags/etl.py", content: "print(1)\n" },
  { name: "dags/random", content: randomBytes(50_000) },
]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "retrograde-spool-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("an upload is kept as it came, for its owner only, until it is disposed of", async () => {
  const spooled = await spoolUpload(Readable.from([ARCHIVE.subarray(0, 99), ARCHIVE.subarray(99)]), {
    folder,
    limits: LIMITS,
    inspector,
  });
  const { file, sha256, sizeBytes, files } = spooled;
  expect((await readFile(file)).equals(ARCHIVE)).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect({ sha256, sizeBytes, paths: files.map(({ path }) => path) }).toEqual({
    sha256: createHash("sha256").update(ARCHIVE).digest("hex"),
    sizeBytes: ARCHIVE.length,
    paths: ["etl.py", "random"],
  });
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
  await expect(spoolUpload(upload, { folder, limits: LIMITS, inspector })).rejects.toMatchObject(refusal);
  expect(await readdir(folder)).toEqual([]);
  expect(upload.destroyed).toBe(true);
});

test("a spool folder that cannot be made is no fault of the upload, which is let go", async () => {
  await writeFile(join(folder, "file"), "");
  const upload = Readable.from([ARCHIVE]);
  await expect(
    spoolUpload(upload, { folder: join(folder, "file", "below"), limits: LIMITS, inspector }),
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

test("500 MiB take less than 64 MiB of memory", async () => {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "spool-memory.ts"), folder, String(500 * MIB)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const { sizeBytes, grownBytes } = JSON.parse(await text(child.stdout)) as { sizeBytes: number; grownBytes: number };
  expect(sizeBytes).toBeGreaterThan(500 * MIB);
  expect(grownBytes).toBeLessThan(64 * MIB);
});
