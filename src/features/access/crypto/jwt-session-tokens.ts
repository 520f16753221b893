import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { newId } from "../../../shared/app/ids";
import type { SessionTokens } from "../app/ports";

const ISSUER = "retrograde";

const ALGORITHMS: Readonly<Record<string, string>> = { ed25519: "EdDSA", rsa: "RS256", ec: "ES256" };

/** Ed25519, as PEM. */
export function generateSigningKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
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
  ) {
    this.privateKey = createPrivateKey(privateKeyPem);
    this.publicKey = createPublicKey(this.privateKey);
    const algorithm = ALGORITHMS[this.privateKey.asymmetricKeyType ?? ""];
    if (algorithm === undefined) throw new Error("The signing key has to be an Ed25519, RSA or EC P-256 private key");
    this.algorithm = algorithm;
  }

  issue(userId: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: this.algorithm })
      .setIssuer(ISSUER)
      .setSubject(userId)
      .setJti(newId())
      .setIssuedAt(now)
      .setExpirationTime(now + Math.floor(this.sessionMs / 1000))
      .sign(this.privateKey);
  }

  async verify(token: string): Promise<{ userId: string; expiresAtMs: number } | "EXPIRED" | "INVALID"> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        issuer: ISSUER,
        algorithms: [this.algorithm],
        requiredClaims: ["sub", "exp"],
      });
      return { userId: payload.sub ?? "", expiresAtMs: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      return (error as { code?: string }).code === errors.JWTExpired.code ? "EXPIRED" : "INVALID";
    }
  }
}
