import { hash } from "node:crypto";
import { z } from "zod";
import { AnswerTooLong, boundedFetch } from "../../../infrastructure/outbound/bounded-fetch";
import { ImageUnreadable, RegistryUnavailable, type Registry } from "../app/ports";

/** The Distribution project's own limit on manifests; an image's configuration is smaller than that as well. */
const MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFEST_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const ACCEPT = [...INDEX_TYPES, ...MANIFEST_TYPES].join(", ");

const DIGEST = z.string().regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-zA-Z=_-]+$/);
const Index = z.object({
  manifests: z.array(
    z.object({ digest: DIGEST, platform: z.object({ os: z.string(), architecture: z.string() }).partial().optional() }),
  ),
});
const Manifest = z.object({ config: z.object({ digest: DIGEST }) });
const Configuration = z.object({ config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish() });

/**
 * What `Authorization` to send for reading a repository, given what the registry asked for; null where there is nothing
 * to send.
 */
export type Authorize = (repository: string, challenge: string) => Promise<string | null>;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly challenge: string;
  readonly body: Buffer;
}

/** A registry that speaks the Distribution project's HTTP API, version 2. */
export class DistributionRegistry implements Registry {
  constructor(
    /** Without a path. */
    private readonly url: string,
    private readonly authorize: Authorize,
  ) {}

  async digestOf(repository: string, reference: string): Promise<string | null> {
    const manifest = await this.manifest(repository, reference);
    return manifest?.digest ?? null;
  }

  async labelsOf(repository: string, reference: string): Promise<Readonly<Record<string, string>> | null> {
    const found = await this.manifest(repository, reference);
    if (found === null) return null;
    const image = INDEX_TYPES.includes(found.type) ? await this.platformImage(repository, found.body) : found.body;
    const manifest = Manifest.safeParse(image);
    if (!manifest.success) return {};
    const blob = await this.get(`/v2/${repository}/blobs/${manifest.data.config.digest}`, repository);
    const configuration = Configuration.safeParse(blob === null ? null : parse(blob.body));
    return configuration.data?.config?.Labels ?? {};
  }

  private async platformImage(repository: string, body: unknown): Promise<unknown> {
    const { manifests } = Index.safeParse(body).data ?? { manifests: [] };
    const chosen =
      manifests.find(({ platform }) => platform?.os === "linux" && platform.architecture === "amd64") ?? manifests[0];
    return chosen === undefined ? null : ((await this.manifest(repository, chosen.digest))?.body ?? null);
  }

  private async manifest(
    repository: string,
    reference: string,
  ): Promise<{ type: string; digest: string; body: unknown } | null> {
    const answer = await this.get(`/v2/${repository}/manifests/${reference}`, repository);
    if (answer === null) return null;
    const { type, body } = answer;
    return { type, digest: `sha256:${hash("sha256", body, "hex")}`, body: parse(body) };
  }

  /** Null where the registry has no such thing. */
  private async get(path: string, repository: string): Promise<Answer | null> {
    let answer = await this.fetch(path);
    if (answer.status === 401) {
      const authorization = await this.authorize(repository, answer.challenge);
      if (authorization !== null) answer = await this.fetch(path, authorization);
    }
    if (answer.status === 200) return answer;
    if (answer.status === 404) return null;
    throw new RegistryUnavailable(`The registry at ${this.host} answers ${answer.status} when asked for ${repository}`);
  }

  private async fetch(path: string, authorization?: string): Promise<Answer> {
    const headers = { accept: ACCEPT, ...(authorization !== undefined && { authorization }) };
    try {
      const response = await boundedFetch(
        `${this.url}${path}`,
        { headers, signal: AbortSignal.timeout(TIMEOUT_MS) },
        { maxBytes: MAX_BYTES, redirects: "AS_FETCH" },
      );
      const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
      const challenge = response.headers.get("www-authenticate") ?? "";
      return { status: response.status, type, challenge, body: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
      if (error instanceof AnswerTooLong)
        throw new ImageUnreadable(`its description in the registry has more than ${MAX_BYTES} bytes`, {
          cause: error,
        });
      throw new RegistryUnavailable(`The registry at ${this.host} cannot be reached`, { cause: error });
    }
  }

  private get host(): string {
    return new URL(this.url).host;
  }
}

function parse(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString("utf8"));
  } catch {
    return null;
  }
}
