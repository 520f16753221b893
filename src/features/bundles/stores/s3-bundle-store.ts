import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type _Object,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createReadStream } from "node:fs";
import { finished, PassThrough, type Readable } from "node:stream";
import { Unavailable } from "../../../kernel/errors";
import { toInstant } from "../../../kernel/instant";
import { markedBy, markName, type PlaceMarks } from "../../installation";
import { BundleCorrupt, BundleMissing, type BundleStore, type ByteRange, type StoredObject } from "../app/bundle-store";
import { checkedStream } from "./checked-stream";

export interface S3StoreOptions {
  readonly bucket: string;
  /** Of every object's name. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly forcePathStyle: boolean;
  /** How long a connection may be silent; a minute by default. */
  readonly silentAtMostMs?: number;
}

const NAME = /^([0-9a-f]{64})\.tar\.gz$/;
const MARK =
  "An installation of Retrograde keeps its DAG bundles here. Without this object another one might remove them.\n";
const PART_BYTES = 8 * 1024 ** 2;
const CONNECT_WITHIN_MS = 5_000;
const MAX_SILENT_MS = 60_000;

/**
 * Archives as objects `<prefix><sha256>.tar.gz` of an S3-compatible store. An object appears when its upload is
 * complete, and not before; large ones go in parts.
 */
export class S3BundleStore implements BundleStore {
  private readonly client: S3Client;
  private readonly place: { readonly Bucket: string };
  readonly marks: PlaceMarks;

  constructor(private readonly options: S3StoreOptions) {
    this.client = new S3Client(clientConfig(options));
    this.place = { Bucket: options.bucket };
    this.marks = this.marksIn(options);
  }

  put(sha256: string, file: string, sizeBytes: number): Promise<void> {
    return this.ask(async () => {
      const body = createReadStream(file);
      const upload = new Upload({
        client: this.client,
        params: {
          ...this.place,
          Key: this.keyOf(sha256),
          Body: body,
          ContentType: "application/gzip",
          ...(sizeBytes < PART_BYTES && { ContentLength: sizeBytes }),
        },
        partSize: PART_BYTES,
        queueSize: 2,
        leavePartsOnError: false,
      });
      try {
        await upload.done();
      } finally {
        body.destroy();
      }
    });
  }

  stat(sha256: string): Promise<{ sizeBytes: number; version: string } | null> {
    return this.ask(async () => {
      try {
        const found = await this.client.send(new HeadObjectCommand({ ...this.place, Key: this.keyOf(sha256) }));
        return {
          sizeBytes: found.ContentLength ?? 0,
          version: `${found.ETag ?? ""} ${found.LastModified?.toISOString() ?? ""}`,
        };
      } catch (error) {
        if (!isMissing(error)) throw error;
        // An answer to HEAD has no body that would tell a missing bucket from a missing archive.
        await this.client.send(new HeadBucketCommand(this.place));
        return null;
      }
    });
  }

  open(sha256: string, range?: ByteRange): Promise<Readable> {
    return this.ask(async () => {
      const Range = range && `bytes=${range.start}-${range.end}`;
      try {
        const { Body } = await this.client.send(
          new GetObjectCommand({ ...this.place, Key: this.keyOf(sha256), Range }),
        );
        const body = unavailableOnError(Body as Readable);
        return range === undefined ? checkedStream(body, sha256) : body;
      } catch (error) {
        throw isMissing(error) ? new BundleMissing(sha256, { cause: error }) : error;
      }
    });
  }

  delete(sha256: string): Promise<void> {
    return this.remove(this.keyOf(sha256));
  }

  private async remove(Key: string): Promise<void> {
    await this.ask(async () => {
      try {
        await this.client.send(new DeleteObjectCommand({ ...this.place, Key }));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    });
  }

  async *list(): AsyncGenerator<StoredObject> {
    for await (const { Key = "", Size = 0, LastModified } of this.objects(this.options.prefix)) {
      const name = Key.slice(this.options.prefix.length);
      if (markedBy(name) !== null) continue;
      const sha256 = NAME.exec(name)?.[1] ?? null;
      yield { sha256, name, sizeBytes: Size, storedAt: toInstant(LastModified ?? new Date()) };
    }
  }

  private async *objects(prefix: string): AsyncGenerator<_Object> {
    const pages = paginateListObjectsV2({ client: this.client }, { ...this.place, Prefix: prefix });
    for (;;) {
      const { value: page } = await this.ask(() => pages.next());
      if (page === undefined) return;
      yield* page.Contents ?? [];
    }
  }

  private marksIn({ bucket, prefix, endpoint }: S3StoreOptions): PlaceMarks {
    const address = `s3://${bucket}/${prefix}`;
    const keyOf = (installationId: string): string => `${prefix}${markName(installationId)}`;
    return {
      address,
      list: async () => {
        const found: string[] = [];
        for await (const { Key = "" } of this.objects(keyOf("")))
          found.push(...[markedBy(Key.slice(prefix.length)) ?? []].flat());
        return found;
      },
      add: async (installationId) => {
        await this.ask(() =>
          this.client.send(
            new PutObjectCommand({
              ...this.place,
              Key: keyOf(installationId),
              Body: MARK,
              ContentLength: MARK.length,
              ContentType: "text/plain",
            }),
          ),
        );
        return endpoint === undefined ? address : `${endpoint} ${address}`;
      },
      remove: (installationId) => this.remove(keyOf(installationId)),
    };
  }

  private keyOf(sha256: string): string {
    return `${this.options.prefix}${sha256}.tar.gz`;
  }

  /** @throws Unavailable in place of any error of the store or the network */
  private async ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof BundleMissing || error instanceof BundleCorrupt) throw error;
      throw unavailable(error);
    }
  }
}

/** Names the kind of failure only: what a store answers may repeat what it was asked. */
function unavailable(error: unknown): Unavailable {
  const reason = error instanceof Error ? error.name : "unknown";
  return new Unavailable(`The store of DAG bundles cannot be used at present (${reason})`, { cause: error });
}

/** The same bytes; a connection that breaks off on the way is no damage to what is stored. */
function unavailableOnError(body: Readable): Readable {
  const passed = new PassThrough();
  finished(body, { writable: false }, (error) => {
    if (error) passed.destroy(unavailable(error));
  });
  passed.once("close", () => body.destroy());
  return body.pipe(passed);
}

function clientConfig({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
  forcePathStyle,
  silentAtMostMs = MAX_SILENT_MS,
}: S3StoreOptions): S3ClientConfig {
  return {
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    // Stores other than Amazon's know neither the newer checksums nor their trailers; ours is in the name.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Not requestTimeout: after that time the client only logs a warning and goes on waiting.
    requestHandler: { connectionTimeout: CONNECT_WITHIN_MS, socketTimeout: silentAtMostMs },
  };
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  // Without its bucket, it is unknown whether an archive is stored.
  if (name === "NoSuchBucket") return false;
  return name === "NoSuchKey" || name === "NotFound" || $metadata?.httpStatusCode === 404;
}
