import { createPrivateKey, generateKeyPairSync, hkdfSync } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";
import { isId, newId } from "../../../kernel/ids";
import { toInstant, type Instant } from "../../../kernel/instant";
import type { SessionTokens, VerifiedSession } from "../app/ports";
import type { SessionKeys } from "./session-keys";

const ISSUER = "retrograde";

/** Tells session tokens from others that the same key signs, such as the registry's. */
const AUDIENCE = "retrograde";
/** How far the clocks of replicas may differ. */
const LEEWAY_MS = 10_000;

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
  constructor(
    private readonly keys: SessionKeys,
    private readonly sessionMs: number,
    /** The same on every replica: sessions are compared with the time of the last change of the password. */
    private readonly nowMs: () => number = Date.now,
  ) {}

  async issue(
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
    const { id, algorithm, privateKey } = await this.keys.signing();
    return new SignJWT()
      .setProtectedHeader({ alg: algorithm, kid: id })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setJti(newId())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(privateKey);
  }

  now(): Instant {
    return toInstant(this.nowMs());
  }

  async verify(token: string): Promise<VerifiedSession | "EXPIRED" | "INVALID"> {
    const key = await this.keys.find(keyIdOf(token));
    if (key === null) return "INVALID";
    try {
      const { payload } = await jwtVerify(token, key.publicKey, {
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: [key.algorithm],
        requiredClaims: ["sub", "iat", "exp"],
      });
      const { sub = "", jti = "", iat = 0, exp = 0 } = payload;
      if (iat * 1000 > this.nowMs() + LEEWAY_MS || (exp - iat) * 1000 > this.sessionMs) return "INVALID";
      return {
        userId: sub,
        sessionId: isId(jti) ? jti : null,
        issuedAtMs: Math.round(iat * 1000),
        expiresAtMs: exp * 1000,
      };
    } catch (error) {
      return (error as { code?: string }).code === errors.JWTExpired.code ? "EXPIRED" : "INVALID";
    }
  }
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}
