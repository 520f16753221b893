import { hash, randomBytes } from "node:crypto";

export interface PushedImage {
  /** The manifest's. */
  readonly digest: string;
}

export interface ImageContent {
  readonly labels?: Readonly<Record<string, string>>;
  /** Wraps it into a list of images for several platforms. */
  readonly asIndex?: boolean;
  /** Of the OCI instead of Docker's own media types. */
  readonly oci?: boolean;
  /** Bytes that its description is padded with. */
  readonly padding?: number;
  /** The same text makes the same image; without it each is another one. */
  readonly nonce?: string;
}

const DOCKER = "application/vnd.docker";
const TYPES = {
  docker: {
    manifest: `${DOCKER}.distribution.manifest.v2+json`,
    index: `${DOCKER}.distribution.manifest.list.v2+json`,
    config: `${DOCKER}.container.image.v1+json`,
  },
  oci: {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
  },
};

/** What is pushed instead of an image: a manifest as it is, whose configuration is uploaded first. */
export interface OtherContent {
  readonly type: string;
  readonly manifest: object;
  readonly config?: { readonly mediaType: string; readonly content: object };
}

/** Does as `docker login`, `docker push` and `docker pull` do: meets a challenge, fetches a token, tries again. */
export class RegistryClient {
  private token: string | undefined;

  constructor(
    private readonly url: string,
    private readonly credentials: { readonly user: string; readonly password: string },
  ) {}

  /** The status with which the registry lets us in, or not. */
  async logIn(): Promise<number> {
    return (await this.send("GET", "/v2/")).status;
  }

  async push(
    repository: string,
    tag: string,
    {
      labels = {},
      asIndex = false,
      oci = false,
      padding = 0,
      nonce = randomBytes(8).toString("hex"),
    }: ImageContent = {},
  ): Promise<PushedImage> {
    const types = oci ? TYPES.oci : TYPES.docker;
    const config = JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: labels },
      rootfs: { type: "layers", diff_ids: [] },
      nonce,
      padding: " ".repeat(padding),
    });
    const configDigest = await this.upload(repository, Buffer.from(config));
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, digest: configDigest, size: config.length },
      layers: [],
    });
    if (!asIndex) return { digest: await this.putManifest(repository, tag, types.manifest, manifest) };
    const digest = await this.putManifest(repository, sha256(Buffer.from(manifest)), types.manifest, manifest);
    const entry = { mediaType: types.manifest, digest, size: manifest.length };
    const other = { ...entry, platform: { os: "unknown", architecture: "unknown" } };
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: types.index,
      manifests: [other, { ...entry, platform: { os: "linux", architecture: "amd64" } }],
    });
    return { digest: await this.putManifest(repository, tag, types.index, index) };
  }

  async pushOther(repository: string, tag: string, { type, manifest, config }: OtherContent): Promise<PushedImage> {
    const blob = Buffer.from(JSON.stringify(config?.content ?? {}));
    const described = config && {
      config: { mediaType: config.mediaType, digest: await this.upload(repository, blob), size: blob.length },
    };
    const body = JSON.stringify({ ...manifest, ...described, annotations: { nonce: randomBytes(8).toString("hex") } });
    return { digest: await this.putManifest(repository, tag, type, body) };
  }

  /** Uploads a layer; the part of a manifest that names it. */
  async layer(repository: string, mediaType: string): Promise<object> {
    const blob = randomBytes(16);
    return { mediaType, digest: await this.upload(repository, blob), size: blob.length };
  }

  async statusOf(repository: string, reference: string): Promise<number> {
    return (
      await this.send("HEAD", `/v2/${repository}/manifests/${reference}`, {
        accept: `${TYPES.docker.manifest}, ${TYPES.oci.manifest}`,
      })
    ).status;
  }

  async startUpload(repository: string): Promise<number> {
    return (await this.send("POST", `/v2/${repository}/blobs/uploads/`)).status;
  }

  private async upload(repository: string, blob: Buffer): Promise<string> {
    const started = await this.send("POST", `/v2/${repository}/blobs/uploads/`);
    if (started.status !== 202) throw new Error(`The registry answers an upload with ${started.status}`);
    const target = new URL(started.headers.get("location") ?? "", this.url);
    const digest = sha256(blob);
    target.searchParams.set("digest", digest);
    const finished = await this.send(
      "PUT",
      `${target.pathname}${target.search}`,
      { "content-type": "application/octet-stream" },
      blob,
    );
    if (finished.status !== 201) throw new Error(`The registry answers a blob with ${finished.status}`);
    return digest;
  }

  private async putManifest(repository: string, reference: string, type: string, body: string): Promise<string> {
    const answer = await this.send(
      "PUT",
      `/v2/${repository}/manifests/${reference}`,
      { "content-type": type },
      Buffer.from(body),
    );
    if (answer.status !== 201) throw new Error(`The registry answers a manifest with ${answer.status}`);
    return sha256(Buffer.from(body));
  }

  private async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Buffer,
  ): Promise<Response> {
    const attempt = (): Promise<Response> =>
      fetch(`${this.url}${path}`, {
        method,
        headers: { ...headers, ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }) },
        ...(body !== undefined && { body: new Uint8Array(body) }),
      });
    const first = await attempt();
    if (first.status !== 401 || !(await this.meet(first.headers.get("www-authenticate") ?? ""))) return first;
    return attempt();
  }

  private async meet(challenge: string): Promise<boolean> {
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const { realm = "", service = "", scope } = parameters;
    const { user, password } = this.credentials;
    const query = new URLSearchParams({
      account: user,
      service,
      ...(scope === undefined ? { client_id: "docker", offline_token: "true" } : { scope }),
    });
    const answer = await fetch(`${realm}?${query}`, {
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
    });
    if (!answer.ok) return false;
    this.token = ((await answer.json()) as { token: string }).token;
    return true;
  }
}

export const sha256 = (bytes: Buffer): string => `sha256:${hash("sha256", bytes, "hex")}`;
