import { randomBytes, randomUUID } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { FolderBundleStore } from "../../src/features/bundles/stores/folder-bundle-store";
import { S3BundleStore, type S3StoreOptions } from "../../src/features/bundles/stores/s3-bundle-store";
import { startFakeS3, type FakeS3 } from "../fakes/fake-s3";
import { bundleStoreContract } from "./bundle-store-contract";
import { hasSwift, startSwift } from "./swift";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "retrograde-bundles-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a folder", () => {
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), `${sha256}.tar.gz`);
  bundleStoreContract(() => ({
    store: new FolderBundleStore(folder),
    corrupt: async (sha256) => writeFile(pathOf(sha256), randomBytes((await stat(pathOf(sha256))).size)),
  }));

  test("leaves nothing behind of what it did not take", async () => {
    const own = await mkdtemp(join(tmpdir(), "retrograde-bundles-"));
    await expect(new FolderBundleStore(own).put("ab".repeat(32), join(own, "missing"))).rejects.toThrow("ENOENT");
    expect(await readdir(join(own, "ab"))).toEqual([]);
    await rm(own, { recursive: true });
  });

  test("takes the same file again without a trace, and clears away what was cut off", async () => {
    const own = await mkdtemp(join(tmpdir(), "retrograde-bundles-"));
    const store = new FolderBundleStore(own);
    const sha256 = "ab".repeat(32);
    await writeFile(join(own, "file"), "bytes");
    await store.put(sha256, join(own, "file"));
    await store.put(sha256, join(own, "file"));
    expect(await readdir(join(own, "ab"))).toEqual([`${sha256}.tar.gz`]);
    const leftover = `${sha256}.${randomUUID()}.part`;
    for (const name of [leftover, `${sha256}.part`]) await writeFile(join(own, "ab", name), "x");
    expect(await store.removeLeftovers(60_000)).toBe(0);
    expect(await store.removeLeftovers(-1_000)).toBe(1);
    expect((await readdir(join(own, "ab"))).sort()).toEqual([`${sha256}.part`, `${sha256}.tar.gz`]);
    await rm(own, { recursive: true });
  });

  test("lists nothing as an archive that is not its own", async () => {
    const own = await mkdtemp(join(tmpdir(), "retrograde-bundles-"));
    await mkdir(join(own, "ab"));
    await mkdir(join(own, "lost+found"));
    for (const name of ["notes.txt", `${"ab".repeat(32)}.part`, "x.tar.gz"])
      await appendFile(join(own, "ab", name), "x");
    const found = [];
    for await (const { sha256, name } of new FolderBundleStore(own).list()) found.push({ sha256, name });
    const names = ["ab/notes.txt", `ab/${"ab".repeat(32)}.part`, "ab/x.tar.gz", "lost+found"];
    expect(found.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      names.sort().map((name) => ({ sha256: null, name })),
    );
    await rm(own, { recursive: true });
  });
});

interface Server {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly fake?: FakeS3;
  close(): Promise<void>;
}

const bucket = process.env["TEST_S3_BUCKET"] ?? "retrograde-test";
const named = process.env["TEST_S3_ENDPOINT"];

/** The fake always, and each real server that there is. */
const servers: [string, () => Promise<Server>][] = [
  [
    "the fake of an S3-compatible store",
    async () => {
      const keys = { accessKeyId: "test", secretAccessKey: "secret" };
      const fake = await startFakeS3({ bucket, ...keys });
      return { ...keys, fake, endpoint: fake.endpoint, close: () => fake.close() };
    },
  ],
];
if (hasSwift()) servers.push(["OpenStack Swift", startSwift]);
if (named !== undefined) {
  const keys = {
    accessKeyId: process.env["TEST_S3_ACCESS_KEY_ID"] ?? "test",
    secretAccessKey: process.env["TEST_S3_SECRET_ACCESS_KEY"] ?? "secret",
  };
  servers.push([
    "the S3-compatible store that is named",
    async () => ({ ...keys, endpoint: named, close: async () => undefined }),
  ]);
}

describe.each(servers)("%s", (_name, start) => {
  let server: Server | undefined;
  let fake: FakeS3 | undefined;
  let options: S3StoreOptions;
  let store: S3BundleStore;
  const prefix = `retrograde-test-${randomBytes(6).toString("hex")}/`;

  beforeAll(async () => {
    server = await start();
    const { endpoint, accessKeyId, secretAccessKey } = server;
    fake = server.fake;
    options = { bucket, prefix, endpoint, region: "us-east-1", accessKeyId, secretAccessKey, forcePathStyle: true };
    // One that is there already is fine.
    if (fake === undefined)
      await clientOf(options)
        .send(new CreateBucketCommand({ Bucket: bucket }))
        .catch(() => undefined);
    store = new S3BundleStore(options);
  });
  afterAll(() => server?.close());

  const clientOf = ({ endpoint, region, accessKeyId, secretAccessKey }: S3StoreOptions): S3Client =>
    new S3Client({
      endpoint: endpoint!,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! },
      requestChecksumCalculation: "WHEN_REQUIRED",
    });

  bundleStoreContract(() => ({
    store,
    corrupt: async (sha256) => {
      const found = await store.stat(sha256);
      const Body = randomBytes(found?.sizeBytes ?? 0);
      await clientOf(options).send(
        new PutObjectCommand({ Bucket: options.bucket, Key: `${prefix}${sha256}.tar.gz`, Body }),
      );
    },
  }));

  test("with a wrong key is unavailable, and says nothing of the secret", async () => {
    const stranger = new S3BundleStore({ ...options, accessKeyId: "wrong", secretAccessKey: "s3cr3t" });
    const refusal: unknown = await stranger.stat("ab".repeat(32)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "UNAVAILABLE" });
    expect(String((refusal as Error).message)).not.toContain("s3cr3t");
  });

  test("out of reach is unavailable", async () => {
    const nowhere = new S3BundleStore({ ...options, endpoint: "http://127.0.0.1:1" });
    await expect(nowhere.stat("ab".repeat(32))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("with a wrong secret is unavailable", async () => {
    const stranger = new S3BundleStore({ ...options, secretAccessKey: "s3cr3t" });
    await expect(stranger.open("ab".repeat(32))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(stranger.list().next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("without the bucket says nothing of what is stored", async () => {
    const elsewhere = new S3BundleStore({ ...options, bucket: "retrograde-elsewhere" });
    await expect(elsewhere.stat("ab".repeat(32))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(elsewhere.open("ab".repeat(32))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(elsewhere.list().next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  if (_name.startsWith("the fake")) {
    test("that is busy for a moment is asked again", async () => {
      fake?.failNext(2, 503);
      expect(await store.stat("ab".repeat(32))).toBeNull();
    });

    test("keeps no parts of an upload that failed", async () => {
      const bytes = randomBytes(20 * 1024 ** 2);
      await writeFile(join(folder, "large"), bytes);
      fake!.refusesParts = true;
      await expect(store.put("cd".repeat(32), join(folder, "large"), bytes.length)).rejects.toMatchObject({
        code: "UNAVAILABLE",
      });
      fake!.refusesParts = false;
      expect(fake!.uploads.size).toBe(0);
      expect(await store.stat("cd".repeat(32))).toBeNull();
    });
  }
});
