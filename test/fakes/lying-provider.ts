import { generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";

export interface Lies {
  /** In place of, or beside, what the id token says. */
  readonly idToken?: Readonly<Record<string, unknown>>;
  readonly userInfo?: Readonly<Record<string, unknown>>;
  readonly description?: Readonly<Record<string, unknown>>;
  /** Signs with a key that it does not publish. */
  readonly wrongKey?: boolean;
  readonly algorithm?: "none" | "HS256";
  /** What an endpoint answers instead, by its path. */
  readonly answers?: Readonly<
    Record<string, { readonly status: number; readonly type?: string; readonly body: string }>
  >;
  /** Paths that never answer. */
  readonly silent?: readonly string[];
}

export interface LyingProvider {
  readonly issuer: string;
  lie(lies: Lies): void;
  /** From now on it signs by another key, and publishes that one alone. */
  changeKey(): void;
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * A provider that says what no real one would: a fake, because those that are certified cannot be made to. It asks
 * nobody for a password; its answers have the shape of the standard's examples but for the lies.
 */
export async function startLyingProvider({
  port = 0,
  issuerPath = "",
}: { port?: number; issuerPath?: string } = {}): Promise<LyingProvider> {
  let lies: Lies = {};
  let keyNumber = 0;
  let key = newKey();
  const attempts = new Map<string, { nonce: string; clientId: string }>();
  const asked: string[] = [];

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(port, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${root}${issuerPath}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", root);
    asked.push(url.pathname);
    if (lies.silent?.includes(url.pathname)) return;
    const instead = lies.answers?.[url.pathname];
    if (instead !== undefined) {
      response.writeHead(instead.status, { "content-type": instead.type ?? "application/json" }).end(instead.body);
      return;
    }
    if (url.pathname.endsWith("/.well-known/openid-configuration")) return json(response, describe());
    switch (url.pathname) {
      case "/auth": {
        const code = randomBytes(8).toString("hex");
        attempts.set(code, {
          nonce: url.searchParams.get("nonce") ?? "",
          clientId: url.searchParams.get("client_id") ?? "",
        });
        const back = new URL(url.searchParams.get("redirect_uri") ?? "");
        back.searchParams.set("code", code);
        back.searchParams.set("state", url.searchParams.get("state") ?? "");
        response.writeHead(302, { location: back.href }).end();
        return;
      }
      case "/token": {
        const form = new URLSearchParams(await textOf(request));
        const attempt = attempts.get(form.get("code") ?? "");
        if (attempt === undefined) return json(response, { error: "invalid_grant" }, 400);
        return json(response, {
          access_token: "an access token",
          token_type: "Bearer",
          expires_in: 60,
          id_token: await idToken(attempt),
        });
      }
      case "/jwks":
        return json(response, {
          keys: [{ ...key.publicKey.export({ format: "jwk" }), kid: `key ${keyNumber}`, use: "sig", alg: "ES256" }],
        });
      case "/userinfo":
        return json(response, { sub: "somebody", ...lies.userInfo });
      default:
        response.writeHead(404).end();
    }
  }

  const describe = () => ({
    issuer,
    authorization_endpoint: `${root}/auth`,
    token_endpoint: `${root}/token`,
    jwks_uri: `${root}/jwks`,
    userinfo_endpoint: `${root}/userinfo`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    ...lies.description,
  });

  async function idToken({ nonce, clientId }: { nonce: string; clientId: string }): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const honest = {
      iss: issuer,
      sub: "somebody",
      aud: clientId,
      nonce,
      iat: now,
      exp: now + 60,
      email: "somebody@example.com",
      email_verified: true,
      name: "Somebody",
    };
    const claims = Object.fromEntries(
      Object.entries({ ...honest, ...lies.idToken }).filter(([, value]) => value !== undefined),
    );
    if (lies.algorithm === "none") return `${encoded({ alg: "none" })}.${encoded(claims)}.`;
    if (lies.algorithm === "HS256")
      return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from("the client's own secret"));
    const { privateKey } = lies.wrongKey ? newKey() : key;
    return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: `key ${keyNumber}` }).sign(privateKey);
  }

  return {
    issuer,
    asked,
    lie: (told) => void (lies = told),
    changeKey() {
      keyNumber++;
      key = newKey();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const newKey = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync("ec", { namedCurve: "P-256" });
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
