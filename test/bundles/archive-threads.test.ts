import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ArchiveThreads } from "../../src/features/bundles/archive/archive-threads";
import { ArchiveRefused } from "../../src/features/bundles/domain/archive-refused";
import { archiveOf, tarOf } from "./tar-builder";

const LIMITS = { maxUploadBytes: 1e9, maxUnpackedBytes: 1e9, maxFiles: 5 };

let folder: string;
let threads: ArchiveThreads;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "retrograde-threads-"));
  threads = new ArchiveThreads();
});
afterEach(async () => {
  await threads.stop();
  await rm(folder, { recursive: true });
});

const repack = (upload: string) =>
  threads.repack({ upload, packed: `${upload}.packed`, contents: `${upload}.contents`, limits: LIMITS });

async function fileWith(name: string, bytes: Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

test("more archives at once than there are threads are each told apart", async () => {
  const names = Array.from({ length: 20 }, (_, at) => `dag${at}.py`);
  const files = await Promise.all(
    names.map((name) => fileWith(name, archiveOf([{ name: `dags/${name}`, content: name }]))),
  );
  const found = await Promise.all(files.map((file) => repack(file)));
  expect(found.map(({ files: [file] }) => file?.path)).toEqual(names);
});

test("a refusal comes back as one, with its problem; the thread goes on with the next", async () => {
  const bad = await fileWith("bad", gzipSync(Buffer.from("no tar".repeat(500))));
  const good = await fileWith("good", archiveOf([]));
  const refusal = await repack(bad).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ArchiveRefused);
  expect(refusal).toMatchObject({ problem: "NOT_TAR", message: expect.stringContaining("no tar archive") });
  expect((await repack(good)).files).toEqual([]);
});

test("a file that cannot be read is no refusal", async () => {
  const error = await repack(join(folder, "gone")).catch((reason: unknown) => reason);
  expect(error).not.toBeInstanceOf(ArchiveRefused);
  expect(error).toMatchObject({ message: expect.stringContaining("ENOENT"), code: "ENOENT" });
});

test("what would unpack to more, packed anew with its folders, than it may is refused, and leaves no contents", async () => {
  const tar = tarOf([{ name: "dags/a/b/c.py" }]);
  const file = await fileWith("folders", gzipSync(tar));
  const limits = { ...LIMITS, maxUnpackedBytes: tar.length };
  const work = { upload: file, packed: `${file}.packed`, contents: `${file}.contents`, limits };
  await expect(threads.repack(work)).rejects.toMatchObject({ problem: "TOO_LARGE_UNPACKED" });
  expect((await readdir(folder)).filter((name) => name.endsWith(".contents"))).toEqual([]);
});

test("what is under way when it is stopped fails", async () => {
  const large = await fileWith("large", archiveOf([{ name: "dags/zeros", content: Buffer.alloc(200_000_000) }]));
  const failing = expect(repack(large)).rejects.toThrow();
  await threads.stop();
  await failing;
});
