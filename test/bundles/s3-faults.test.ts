import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { S3BundleStore } from "../../src/features/bundles/stores/s3-bundle-store";

const SHA256 = "ab".repeat(32);

describe("a store whose connection", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function storeOf(answer: RequestListener): Promise<S3BundleStore> {
    const listening = (server = createServer(answer));
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    return new S3BundleStore({
      bucket: "b",
      prefix: "",
      endpoint,
      region: "us-east-1",
      accessKeyId: "a",
      secretAccessKey: "s",
      forcePathStyle: true,
      silentAtMostMs: 200,
    });
  }

  test("falls silent before the answer is unavailable, and nobody waits for ever", async () => {
    const store = await storeOf(() => undefined);
    await expect(store.stat(SHA256)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("falls silent within the bytes is unavailable, and not damaged", async () => {
    const store = await storeOf(
      (_request, response) => void response.writeHead(200, { "content-length": 1_000 }).write("some"),
    );
    await expect(store.open(SHA256).then(buffer)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("breaks off within the bytes is unavailable, and not damaged", async () => {
    const store = await storeOf((_request, response) => {
      response.writeHead(200, { "content-length": 1_000 }).write("some");
      setTimeout(() => response.destroy(), 50);
    });
    await expect(store.open(SHA256).then(buffer)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(store.open(SHA256, { start: 0, end: 999 }).then(buffer)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });
});
