import { hash, randomUUID, X509Certificate } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { importX509, jwtVerify } from "jose";
import type { RegistrySettings, RunningRegistry } from "../registry/docker-registry";

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | object;
}

interface Claims {
  readonly sub?: string;
  readonly access: readonly { readonly type: string; readonly name: string; readonly actions: readonly string[] }[];
}

const MANIFEST = /^\/v2\/(.+)\/manifests\/([^/]+)$/;
const BLOB = /^\/v2\/(.+)\/blobs\/(sha256:[0-9a-f]{64})$/;
const UPLOAD = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/;
const NO_ACCESS = { access: [] };

/**
 * The Distribution project's registry as far as this project and the tests speak to it; held to the real one by one
 * suite.
 */
class FakeRegistry {
  private readonly blobs = new Map<string, Buffer>();
  private readonly manifests = new Map<
    string,
    { readonly type: string; readonly body: Buffer; readonly digest: string }
  >();

  constructor(private readonly settings: RegistrySettings) {}

  async answer({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const { pathname, searchParams } = new URL(url, "http://registry");
    const [, repository, action] =
      [MANIFEST, BLOB, UPLOAD].map((pattern) => pattern.exec(pathname)).find((match) => match !== null) ?? [];
    const claims = await this.claimsIn(headers.authorization ?? "");
    const needed = ["GET", "HEAD"].includes(method) ? ["pull"] : ["pull", "push"];
    const granted =
      claims?.access.find(({ type, name }) => type === "repository" && name === repository)?.actions ?? [];
    if (claims === null || (repository !== undefined && !needed.every((one) => granted.includes(one)))) {
      return this.challenge(repository === undefined ? undefined : `repository:${repository}:${needed.join(",")}`);
    }
    if (pathname === "/v2/") return { status: 200, body: {} };
    if (repository === undefined || action === undefined) return { status: 404 };
    if (UPLOAD.test(pathname)) return this.upload(method, repository, searchParams.get("digest"), body);
    if (BLOB.test(pathname)) return this.blob(action);
    if (method === "PUT") return this.putManifest(repository, action, headers["content-type"] ?? "", body, claims);
    return this.manifest(method, repository, action);
  }

  private upload(method: string, repository: string, digest: string | null, body: Buffer): Answer {
    if (method === "POST")
      return { status: 202, headers: { location: `/v2/${repository}/blobs/uploads/${randomUUID()}?_state=x` } };
    if (digest !== digestOf(body)) return { status: 400 };
    this.blobs.set(digest, body);
    return { status: 201 };
  }

  private blob(digest: string): Answer {
    const body = this.blobs.get(digest);
    return body === undefined
      ? { status: 404 }
      : { status: 200, headers: { "content-type": "application/octet-stream" }, body };
  }

  private manifest(method: string, repository: string, reference: string): Answer {
    const found = this.manifests.get(`${repository}@${reference}`);
    if (found === undefined)
      return { status: 404, body: { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] } };
    const headers = { "content-type": found.type, "docker-content-digest": found.digest };
    return { status: 200, headers, ...(method !== "HEAD" && { body: found.body }) };
  }

  private putManifest(repository: string, reference: string, type: string, body: Buffer, { sub = "" }: Claims): Answer {
    const digest = digestOf(body);
    for (const name of [reference, digest]) this.manifests.set(`${repository}@${name}`, { type, body, digest });
    const target = {
      mediaType: type,
      size: body.length,
      digest,
      length: body.length,
      repository,
      ...(reference !== digest && { tag: reference }),
    };
    void this.tell({
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      action: "push",
      target,
      request: { id: randomUUID(), addr: "127.0.0.1:4711" },
      actor: { name: sub },
    });
    return { status: 201, headers: { "docker-content-digest": digest } };
  }

  private async tell(event: object): Promise<void> {
    const { url, authorization } = this.settings.notifications;
    const headers = { "content-type": "application/vnd.docker.distribution.events.v1+json", authorization };
    await fetch(url, { method: "POST", headers, body: JSON.stringify({ events: [event] }) }).catch(() => undefined);
  }

  private challenge(scope: string | undefined): Answer {
    const { realm, service } = this.settings;
    const parameters = [
      `realm="${realm}"`,
      `service="${service}"`,
      ...(scope === undefined ? [] : [`scope="${scope}"`]),
    ];
    return {
      status: 401,
      headers: { "www-authenticate": `Bearer ${parameters.join(",")}` },
      body: { errors: [{ code: "UNAUTHORIZED" }] },
    };
  }

  /** Null where the token is none, or not from whom we trust. */
  private async claimsIn(authorization: string): Promise<Claims | null> {
    const { certificatePem, issuer, service } = this.settings;
    const key = async ({ x5c, alg }: { x5c?: string[]; alg?: string }) => {
      const [leaf = ""] = x5c ?? [];
      const trusted = new X509Certificate(certificatePem);
      if (!new X509Certificate(Buffer.from(leaf, "base64")).raw.equals(trusted.raw))
        throw new Error("unknown certificate");
      return importX509(certificatePem, alg ?? "");
    };
    const verified = await jwtVerify<Claims>(authorization.replace(/^Bearer /, ""), key, {
      issuer,
      audience: service,
    }).catch(() => null);
    return verified === null ? null : { ...NO_ACCESS, ...verified.payload };
  }
}

const digestOf = (bytes: Buffer): string => `sha256:${hash("sha256", bytes, "hex")}`;

export async function startFakeRegistry(settings: RegistrySettings): Promise<RunningRegistry> {
  const registry = new FakeRegistry(settings);
  let server = await listen(registry, settings.port);
  return {
    close: () => closeServer(server),
    away: async (work) => {
      await closeServer(server);
      await work();
      server = await listen(registry, settings.port);
    },
  };
}

async function listen(registry: FakeRegistry, port: number): Promise<Server> {
  const server = createServer((request, response) => void serve(registry, request, response));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function serve(registry: FakeRegistry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { status, headers = {}, body } = await registry.answer(request, Buffer.concat(chunks));
  response.writeHead(status, headers).end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
