import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolder } from "./data-folder";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "data-folder-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a folder that takes files is ok, made if need be, and nothing is left in it", async () => {
  const made = new DataFolder(join(folder, "made", "by", "it"));
  expect(await made.check()).toBe("ok");
  expect(await readdir(join(folder, "made", "by", "it"))).toEqual([]);
  expect((await stat(join(folder, "made"))).mode & 0o007).toBe(0);
  expect(await made.freeBytes()).toBeGreaterThan(0);
});

test("a folder that takes none is not writable", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  expect(await new DataFolder(join(file, "below")).check()).toBe("not writable");
});
