import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptSecretKey } from "./kept-secret-key";

describe("the key of an installation that brings none", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "retrograde-key-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("is made once, for its owner's eyes only, also in a folder that is not there yet", async () => {
    const dataDir = join(folder, "data");
    const key = await keptSecretKey(dataDir);
    expect(Buffer.from(key, "base64")).toHaveLength(32);
    expect(await keptSecretKey(dataDir)).toBe(key);
    expect((await stat(join(dataDir, "secret-key"))).mode & 0o777).toBe(0o600);
  });

  test("is the same for all who make it at the same moment, and nothing else is left", async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => keptSecretKey(folder)));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(folder)).toEqual(["secret-key"]);
  });

  test("is another one elsewhere", async () => {
    expect(await keptSecretKey(join(folder, "a"))).not.toBe(await keptSecretKey(join(folder, "b")));
  });

  test.each(["", "too short", "x".repeat(100)])("is never taken from a file with %.10j in it", async (text) => {
    await writeFile(join(folder, "secret-key"), text);
    await expect(keptSecretKey(folder)).rejects.toThrow("does not hold a key");
  });
});
