import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { once } from "node:events";
import { finished, type Readable } from "node:stream";
import { isVersion, type BundleStore, type DagBundle } from "../../bundles";
import { authorize, type Deployment, type DeploymentReadModel } from "../../deployments";
import { InvalidInput, NotFound } from "../../../kernel/errors";
import type { AccessWatch } from "../../../kernel/access-watch";
import type { Actor } from "../../../kernel/permissions";
import { watchAccess, type Guard } from "../../../kernel/watched-access";
import type { RevisionBundles } from "../app/revision-bundles";
import { PULL_IMAGE } from "../domain/permissions";

export interface DagDownloadRoutesOptions {
  readonly authenticate: (header: string | undefined, address: string) => Promise<Actor>;
  readonly deployments: DeploymentReadModel;
  readonly bundles: RevisionBundles;
  readonly store: BundleStore;
  /** Of changes of access. */
  readonly watch: AccessWatch;
}

const AS_FILE = { "content-type": "application/gzip", "content-disposition": 'attachment; filename="dags.tar.gz"' };
const RANGE = /^bytes=(\d*)-(\d*)$/;

/** The Deployment is there, and the bundle is not; `dagTarballVersion` is null where the Deployment runs none. */
class BundleNotFound extends NotFound {
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(version: string | null) {
    super(version === null ? "DAG bundle" : `DAG bundle ${version}`);
    this.details = { dagTarballVersion: version };
  }
}

interface Download {
  Params: { releaseName: string };
  Querystring: { version?: unknown };
}

/**
 * `GET /<releaseName>/dags/download`: the archive that is live, or that of `?version=`, for a sidecar beside Airflow.
 * Requires deployment.images.pull, and is cut off once the reader has that right no more. Answers 304 to a known ETag, 206 to
 * a range, and 404 where there is no bundle: with the detail `dagTarballVersion`, which an unknown Deployment lacks.
 */
export function dagDownloadRoutes(app: FastifyInstance, options: DagDownloadRoutesOptions): void {
  const { authenticate, deployments, bundles, store, watch } = options;
  // Our own HEAD route: the one that Fastify derives from GET reads the whole archive.
  app.route<Download>({ method: ["GET", "HEAD"], url: "/:releaseName/dags/download", handler });

  async function handler(request: FastifyRequest<Download>, reply: FastifyReply): Promise<FastifyReply> {
    const authorized = async (): Promise<Deployment> => {
      const actor = await authenticate(request.headers.authorization, request.ip);
      return authorize(actor, await deployments.findByReleaseName(request.params.releaseName), PULL_IMAGE);
    };
    const deployment = await authorized();
    const version = versionOf(request.query.version) ?? deployment.dagTarballVersion;
    const [bundle] = await bundles.findMany([{ deploymentId: deployment.id, dagTarballVersion: version }]);
    if (!bundle) throw new BundleNotFound(version);

    const etag = `"${bundle.sha256}"`;
    if (matches(request.headers["if-none-match"], etag)) return describe(reply, bundle).code(304).send();
    if (request.method === "HEAD")
      return describe(reply, bundle).headers(AS_FILE).header("content-length", bundle.sizeBytes).send();
    const ifRange = request.headers["if-range"];
    const range = ifRange === undefined || ifRange === etag ? request.headers.range : undefined;
    const guard = { check: async () => void (await authorized()), watch };
    return sendRange(reply, bundle, range, { store, guard });
  }
}

async function sendRange(
  reply: FastifyReply,
  bundle: DagBundle,
  header: string | undefined,
  { store, guard }: { readonly store: BundleStore; readonly guard: Guard },
): Promise<FastifyReply> {
  const { sha256, sizeBytes } = bundle;
  const range = rangeOf(header, sizeBytes);
  if (range === "UNSATISFIABLE")
    return describe(reply, bundle).code(416).header("content-range", `bytes */${sizeBytes}`).send();
  const bytes = await firstRead(await store.open(sha256, range === "NONE" ? undefined : range));
  endOnceRefused(reply, bytes, guard);
  // The client has been refused, or has left, while the store was asked.
  if (reply.raw.headersSent || reply.raw.destroyed) bytes.destroy();
  describe(reply, bundle).headers(AS_FILE);
  if (range === "NONE") return reply.header("content-length", sizeBytes).send(bytes);
  reply
    .code(206)
    .header("content-range", `bytes ${range.start}-${range.end}/${sizeBytes}`)
    .header("content-length", range.end - range.start + 1);
  return reply.send(bytes);
}

const describe = (reply: FastifyReply, { sha256, version }: DagBundle): FastifyReply =>
  reply.headers({
    etag: `"${sha256}"`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "x-dag-tarball-version": version,
  });

/** Ends the connection, so that no client takes a part for the whole. */
function endOnceRefused({ raw }: FastifyReply, bytes: Readable, guard: Guard): void {
  const ended = new AbortController();
  // Not when the last bytes are read: they may wait in the connection for a slow client.
  finished(raw, () => ended.abort());
  watchAccess(guard, ended.signal, (error) => {
    bytes.destroy(error);
    raw.destroy();
  });
}

/** Once there is something to send: what fails before is still answered as such. */
async function firstRead(bytes: Readable): Promise<Readable> {
  if (bytes.readableLength === 0) await once(bytes, "readable");
  return bytes;
}

/** One range as RFC 9110 §14 has it; anything else that is well-formed or not is answered in full. */
function rangeOf(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | "NONE" | "UNSATISFIABLE" {
  const [, first = "", last = ""] = RANGE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return "NONE";
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? "UNSATISFIABLE" : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < start) return "NONE";
  return start >= sizeBytes ? "UNSATISFIABLE" : { start, end };
}

/** @throws InvalidInput */
function versionOf(given: unknown): string | undefined {
  if (given === undefined || given === "") return undefined;
  if (typeof given !== "string" || !isVersion(given))
    throw new InvalidInput("version", "is not a version such as 2024-01-12T18:32:20.589893Z");
  return given;
}

const matches = (header: string | undefined, etag: string): boolean =>
  header?.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag) ?? false;
