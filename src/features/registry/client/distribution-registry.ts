import { hash } from "node:crypto";
import { AnswerTooLong, boundedFetch, type FetchLimits } from "../../../infrastructure/outbound/bounded-fetch";
import { ImageUnreadable, RegistryUnavailable, type ImageContent, type Registry } from "../app/ports";
import { READABLE_TYPES, readConfiguration, readManifest, type ManifestContent } from "./image-content";

/** The Distribution project's own limit on manifests; an image's configuration is smaller than that as well. */
const MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** Entries of an index that are looked at until one is an image; each takes two requests. */
const MAX_CANDIDATES = 10;
const ACCEPT = READABLE_TYPES.join(", ");

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
    /** Of foreign registries, which hosts their redirects may lead to; those of our own are followed anywhere. */
    private readonly redirects: FetchLimits["redirects"] = "AS_FETCH",
  ) {}

  async digestOf(repository: string, reference: string): Promise<string | null> {
    const manifest = await this.manifest(repository, reference);
    return manifest?.digest ?? null;
  }

  async contentOf(repository: string, reference: string): Promise<ImageContent | null> {
    const found = await this.manifest(repository, reference);
    if (found === null) return null;
    const content = readManifest(found.type, found.body);
    if (content.kind !== "INDEX") return this.configured(repository, content);
    for (const digest of content.candidates.slice(0, MAX_CANDIDATES)) {
      // Of an image for several platforms, not all have to be there.
      const candidate = await this.manifest(repository, digest);
      const inside = candidate === null ? null : readManifest(candidate.type, candidate.body);
      if (inside === null || inside.kind === "INDEX") continue;
      const image = await this.configured(repository, inside);
      if (image.kind === "IMAGE") return image;
    }
    return { kind: "OTHER", what: "an index without images" };
  }

  private async configured(
    repository: string,
    content: Exclude<ManifestContent, { kind: "INDEX" }>,
  ): Promise<ImageContent> {
    if (content.kind === "OTHER") return content;
    const blob = await this.get(`/v2/${repository}/blobs/${content.configDigest}`, repository);
    return blob === null
      ? { kind: "OTHER", what: "something whose configuration is not in the registry" }
      : readConfiguration(parse(blob.body));
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
        { maxBytes: MAX_BYTES, redirects: this.redirects },
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
