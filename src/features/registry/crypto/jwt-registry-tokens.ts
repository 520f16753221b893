import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { RegistryToken, RegistryTokens } from "../app/ports";
import type { RepositoryAccess } from "../domain/token-access";

/**
 * The shortest life that the Distribution project recommends. A client that needs longer requests another token by
 * itself.
 */
const LIVES_SECONDS = 300;

export interface RegistryKey {
  readonly privateKeyPem: string;
  /** The key's certificate, and after it those that lead to one that the registry knows, if there are any. */
  readonly certificatePem: string;
}

export interface TokenNames {
  readonly issuer: string;
  readonly service: string;
}

/**
 * Tokens as the Distribution project's registry takes them: a JWT with its certificate in `x5c`, which the registry
 * looks up in its `rootcertbundle`. Registries of version 2 know RSA keys and those of the elliptic curve P-256.
 */
export class JwtRegistryTokens implements RegistryTokens {
  private readonly privateKey: KeyObject;
  private readonly algorithm: string;
  private readonly chain: string[];

  /** @throws Error if key and certificate do not belong together, or are of another kind */
  constructor(
    { privateKeyPem, certificatePem }: RegistryKey,
    private readonly names: TokenNames,
    private readonly clock: Clock,
  ) {
    this.privateKey = createPrivateKey(privateKeyPem);
    this.algorithm = algorithmOf(this.privateKey);
    const certificates = certificatesIn(certificatePem);
    if (certificates[0]?.checkPrivateKey(this.privateKey) !== true) {
      throw new Error("The registry's tls.crt has to begin with the certificate of its tls.key");
    }
    this.chain = certificates.map(({ raw }) => raw.toString("base64"));
  }

  async issue(subject: string, access: readonly RepositoryAccess[]): Promise<RegistryToken> {
    const issuedAt = Math.floor(Date.parse(this.clock()) / 1_000);
    const token = await new SignJWT({
      access: access.map(({ name, actions }) => ({ type: "repository", name, actions })),
    })
      .setProtectedHeader({ typ: "JWT", alg: this.algorithm, x5c: this.chain })
      .setIssuer(this.names.issuer)
      .setAudience(this.names.service)
      .setSubject(subject)
      .setJti(newId())
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + LIVES_SECONDS)
      .sign(this.privateKey);
    return { token, expiresInSeconds: LIVES_SECONDS, issuedAt: new Date(issuedAt * 1_000).toISOString() };
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === "rsa") return "RS256";
  if (asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1") return "ES256";
  throw new Error(
    `The registry's tls.key is an ${asymmetricKeyType} key: it has to be RSA or EC P-256 (astronomer.houston.config.jwt.registry.certPath)`,
  );
}

const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
