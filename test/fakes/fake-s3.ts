import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { signatureProblem } from "./s3-signature";

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modifiedAt: Date;
}

export interface FakeS3 {
  readonly endpoint: string;
  /** By `<bucket>/<key>`. */
  readonly objects: Map<string, StoredObject>;
  /** Uploads in parts that were neither completed nor given up. */
  readonly uploads: Map<string, Map<number, Buffer>>;
  /** Requests to answer with that status before anything else is looked at. */
  failNext(count: number, status: number): void;
  /** Whether parts of uploads are answered with 400. */
  refusesParts: boolean;
  close(): Promise<void>;
}

const PAGE = 3;

/**
 * An S3-compatible store in memory: objects, ranges, lists in pages and uploads in parts, path style only. It checks
 * signatures, which stand for the secret.
 */
export async function startFakeS3({
  bucket,
  ...keys
}: {
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): Promise<FakeS3> {
  const objects: FakeS3["objects"] = new Map();
  const uploads: FakeS3["uploads"] = new Map();
  let failures = { count: 0, status: 503 };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const query = url.searchParams;
    const body = await bodyOf(request);
    if (failures.count > 0) {
      failures.count--;
      return refuse(response, failures.status, "SlowDown");
    }
    const problem = signatureProblem(request, body, keys);
    if (problem !== null) return refuse(response, 403, problem);
    const [, inBucket = "", ...rest] = decodeURIComponent(url.pathname).split("/");
    const key = rest.join("/");
    if (inBucket !== bucket) return refuse(response, 404, "NoSuchBucket");
    if (key === "" && request.method === "HEAD") return void response.writeHead(200).end();
    const name = `${bucket}/${key}`;
    const uploadId = query.get("uploadId");
    switch (request.method ?? "") {
      case "POST":
        if (query.has("uploads")) {
          const id = randomUUID();
          uploads.set(id, new Map());
          return xml(
            response,
            `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
          );
        }
        return complete(response, name, uploadId ?? "");
      case "PUT": {
        const parts = uploadId === null ? null : uploads.get(uploadId);
        if (parts === undefined) return refuse(response, 404, "NoSuchUpload");
        if (parts !== null && fake.refusesParts) return refuse(response, 400, "InvalidPart");
        if (parts === null) objects.set(name, stored(body));
        else parts.set(Number(query.get("partNumber")), body);
        return void response.writeHead(200, { etag: etagOf(body) }).end();
      }
      case "DELETE":
        if (uploadId === null) objects.delete(name);
        else uploads.delete(uploadId);
        return void response.writeHead(204).end();
      default:
        return key === "" ? list(response, query) : send(request, response, objects.get(name));
    }
  }

  function complete(response: ServerResponse, name: string, uploadId: string): void {
    const parts = uploads.get(uploadId);
    if (parts === undefined) return refuse(response, 404, "NoSuchUpload");
    uploads.delete(uploadId);
    objects.set(name, stored(Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part))));
    xml(response, `<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>`);
  }

  function list(response: ServerResponse, query: URLSearchParams): void {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...objects.keys()]
      .map((name) => name.slice(bucket.length + 1))
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort();
    const page = keys.slice(0, PAGE);
    const contents = page.map((key) => {
      const { body, modifiedAt } = objects.get(`${bucket}/${key}`)!;
      return `<Contents><Key>${key}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><Size>${body.length}</Size></Contents>`;
    });
    const more =
      keys.length > PAGE
        ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
        : "<IsTruncated>false</IsTruncated>";
    xml(response, `<ListBucketResult>${contents.join("")}${more}</ListBucketResult>`);
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeS3 = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    uploads,
    refusesParts: false,
    failNext: (count, status) => void (failures = { count, status }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

const etagOf = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;
const stored = (body: Buffer): StoredObject => ({ body, etag: etagOf(body), modifiedAt: new Date() });

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send({ method, headers }: IncomingMessage, response: ServerResponse, object: StoredObject | undefined): void {
  if (object === undefined) return refuse(response, 404, "NoSuchKey");
  const [, start = "0", end = ""] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const part = object.body.subarray(Number(start), end === "" ? undefined : Number(end) + 1);
  response.writeHead(headers.range === undefined ? 200 : 206, {
    etag: object.etag,
    "last-modified": object.modifiedAt.toUTCString(),
    "content-length": part.length,
  });
  response.end(method === "HEAD" ? undefined : part);
}

const xml = (response: ServerResponse, text: string): void =>
  void response
    .writeHead(200, { "content-type": "application/xml" })
    .end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);

const refuse = (response: ServerResponse, status: number, code: string): void =>
  void response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>refused</Message></Error>`);
