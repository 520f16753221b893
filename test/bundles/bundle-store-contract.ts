import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { BundleMissing, type BundleStore } from "../../src/features/bundles/app/bundle-store";

export interface StoreUnderTest {
  readonly store: BundleStore;
  /** Changes the stored bytes behind the store's back, keeping their number. */
  corrupt(sha256: string): Promise<void>;
}

const MIB = 1024 ** 2;
const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** What every store of bundles has to do. */
export function bundleStoreContract(open: () => StoreUnderTest): void {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "retrograde-store-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const fileOf = async (bytes: Buffer): Promise<string> => {
    const file = join(folder, randomBytes(8).toString("hex"));
    await writeFile(file, bytes);
    return file;
  };
  const put = async (bytes: Buffer): Promise<string> => {
    const sha256 = sha256Of(bytes);
    await open().store.put(sha256, await fileOf(bytes), bytes.length);
    return sha256;
  };
  const read = async (sha256: string, range?: { start: number; end: number }): Promise<Buffer> =>
    buffer(await open().store.open(sha256, range));
  /** How many bytes come before the error. */
  const passedOn = async (sha256: string): Promise<number> => {
    let bytes = 0;
    const counting = async (): Promise<void> => {
      for await (const chunk of await open().store.open(sha256)) bytes += (chunk as Buffer).length;
    };
    await counting().catch(() => undefined);
    return bytes;
  };
  const listed = async (): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    for await (const { sha256, sizeBytes } of open().store.list()) if (sha256 !== null) found.set(sha256, sizeBytes);
    return found;
  };

  test.each([
    ["one byte", 1],
    ["a megabyte and one", MIB + 1],
    ["more than one part", 20 * MIB + 7],
  ])("gives %s back as it was", async (_name, size) => {
    const bytes = randomBytes(size);
    const sha256 = await put(bytes);
    expect(await open().store.stat(sha256)).toMatchObject({ sizeBytes: size });
    expect((await read(sha256)).equals(bytes)).toBe(true);
  });

  test("gives a range of the bytes", async () => {
    const bytes = randomBytes(1_000);
    const sha256 = await put(bytes);
    expect((await read(sha256, { start: 10, end: 19 })).equals(bytes.subarray(10, 20))).toBe(true);
    expect((await read(sha256, { start: 990, end: 999 })).equals(bytes.subarray(990))).toBe(true);
  });

  test("takes the same bytes again, also at the same time", async () => {
    const bytes = randomBytes(50_000);
    const sha256 = await put(bytes);
    await Promise.all([put(bytes), put(bytes), put(bytes)]);
    expect((await read(sha256)).equals(bytes)).toBe(true);
    expect([...(await listed()).keys()].filter((one) => one === sha256)).toHaveLength(1);
  });

  test("keeps the bytes when the file they came from goes", async () => {
    const bytes = randomBytes(2_000);
    const file = await fileOf(bytes);
    await open().store.put(sha256Of(bytes), file, bytes.length);
    await rm(file);
    expect((await read(sha256Of(bytes))).equals(bytes)).toBe(true);
  });

  test("knows nothing of what was never stored", async () => {
    const sha256 = sha256Of(randomBytes(10));
    expect(await open().store.stat(sha256)).toBeNull();
    await expect(open().store.open(sha256)).rejects.toBeInstanceOf(BundleMissing);
    await expect(open().store.open(sha256, { start: 0, end: 1 })).rejects.toBeInstanceOf(BundleMissing);
    await expect(open().store.delete(sha256)).resolves.toBeUndefined();
  });

  test("forgets what is deleted, and can take it again", async () => {
    const bytes = randomBytes(100);
    const sha256 = await put(bytes);
    await open().store.delete(sha256);
    expect(await open().store.stat(sha256)).toBeNull();
    await put(bytes);
    expect((await read(sha256)).equals(bytes)).toBe(true);
  });

  test("lists everything with its size, over several pages", async () => {
    const stored = new Map<string, number>();
    for (let size = 1; size <= 8; size++) stored.set(await put(randomBytes(size)), size);
    const found = await listed();
    for (const [sha256, size] of stored) expect(found.get(sha256)).toBe(size);
  });

  test("says when an archive was stored", async () => {
    const sha256 = await put(randomBytes(9));
    for await (const one of open().store.list()) {
      if (one.sha256 !== sha256) continue;
      // Servers tell it in whole seconds, by a clock of their own.
      expect(Math.abs(Date.parse(one.storedAt) - Date.now())).toBeLessThan(10 * 60_000);
      return;
    }
    throw new Error("it is not listed");
  });

  test("keeps the marks of installations, apart from what is stored", async () => {
    const { store } = open();
    const [one, two] = [randomUUID(), randomUUID()];
    const id = await store.marks.add(one);
    expect(await store.marks.add(one)).toBe(id);
    await store.marks.add(two);
    expect(await store.marks.list()).toEqual(expect.arrayContaining([one, two]));
    const names = [];
    for await (const { name } of store.list()) names.push(name);
    expect(names.filter((name) => name.includes(one))).toEqual([]);
    await store.marks.remove(two);
    await store.marks.remove(two);
    expect(await store.marks.list()).toContain(one);
    expect(await store.marks.list()).not.toContain(two);
    await store.marks.remove(one);
  });

  test("does not pass damaged bytes on as good ones, and tells them from the good ones by their version", async () => {
    const sha256 = await put(randomBytes(5_000));
    const before = await open().store.stat(sha256);
    await open().corrupt(sha256);
    await expect(read(sha256)).rejects.toMatchObject({ name: "BundleCorrupt" });
    expect(await passedOn(sha256)).toBeLessThan(5_000);
    expect((await open().store.stat(sha256))?.version).not.toBe(before?.version);
  });
}
