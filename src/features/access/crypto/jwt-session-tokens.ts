import { createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { isId, newId } from "../../../kernel/ids";
import { toInstant, type Instant } from "../../../kernel/instant";
import type { SessionTokens, VerifiedSession } from "../app/ports";

const ISSUER = "retrograde";

const ALGORITHMS: Readonly<Record<string, string>> = { ed25519: "EdDSA", rsa: "RS256", ec: "ES256" };

/** Ed25519. */
export function generateSigningKey() {
  const privateKeyPem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { privateKeyPem, certificatePem: null };
}

/**
 * A secret for one purpose, the same on every replica; it tells nothing of the signing key, nor of other purposes'
 * secrets.
 */
export function derivedKey(privateKeyPem: string, purpose: string): Uint8Array {
  const privateKey = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
  return new Uint8Array(hkdfSync("sha256", privateKey, "", purpose, 32));
}

/** Session tokens as signed JWTs; what their holder may do stands in the database and not in them. */
export class JwtSessionTokens implements SessionTokens {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly algorithm: string;

  /** @throws Error if the PEM holds no Ed25519, RSA or EC P-256 private key */
  constructor(
    privateKeyPem: string,
    private readonly sessionMs: number,
    /** The same on every replica: sessions are compared with the time of the last change of the password. */
    private readonly nowMs: () => number = Date.now,
  ) {
    this.privateKey = createPrivateKey(privateKeyPem);
    this.publicKey = createPublicKey(this.privateKey);
    const algorithm = ALGORITHMS[this.privateKey.asymmetricKeyType ?? ""];
    if (algorithm === undefined) throw new Error("The signing key has to be an Ed25519, RSA or EC P-256 private key");
    this.algorithm = algorithm;
  }

  issue(
    userId: string,
    {
      provenAt,
      notAfterMs = Infinity,
    }: { readonly provenAt?: Instant | undefined; readonly notAfterMs?: number | undefined } = {},
  ): Promise<string> {
    // To the millisecond, which a NumericDate may be (RFC 7519, section 2): a new session must not look older than the
    // password.
    const issuedAt = (provenAt === undefined ? this.nowMs() : Date.parse(provenAt)) / 1000;
    const expiresAt = Math.min(Math.floor(issuedAt) + Math.floor(this.sessionMs / 1000), Math.floor(notAfterMs / 1000));
    return new SignJWT()
      .setProtectedHeader({ alg: this.algorithm })
      .setIssuer(ISSUER)
      .setSubject(userId)
      .setJti(newId())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.privateKey);
  }

  now(): Instant {
    return toInstant(this.nowMs());
  }

  async verify(token: string): Promise<VerifiedSession | "EXPIRED" | "INVALID"> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        issuer: ISSUER,
        algorithms: [this.algorithm],
        requiredClaims: ["sub", "exp"],
      });
      return {
        userId: payload.sub ?? "",
        sessionId: isId(payload.jti ?? "") ? (payload.jti ?? null) : null,
        issuedAtMs: Math.round((payload.iat ?? 0) * 1000),
        expiresAtMs: (payload.exp ?? 0) * 1000,
      };
    } catch (error) {
      return (error as { code?: string }).code === errors.JWTExpired.code ? "EXPIRED" : "INVALID";
    }
  }
}
