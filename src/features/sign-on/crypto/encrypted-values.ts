import { EncryptJWT, jwtDecrypt } from "jose";
import type { Clock } from "../../../kernel/clock";
import type { SealedValues } from "../app/ports";

const HEADER = { alg: "dir", enc: "A256GCM" } as const;

/** Sealed by AES-256-GCM, which hides and protects at once, as a JWE. */
export class EncryptedValues implements SealedValues {
  constructor(
    private readonly key: Uint8Array,
    private readonly clock: Clock,
  ) {}

  seal(value: Readonly<Record<string, string | boolean>>, lastsMs: number): Promise<string> {
    return new EncryptJWT({ value })
      .setProtectedHeader(HEADER)
      .setExpirationTime(Math.floor((Date.parse(this.clock()) + lastsMs) / 1000))
      .encrypt(this.key);
  }

  async open(sealed: string): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      const { payload } = await jwtDecrypt(sealed, this.key, {
        keyManagementAlgorithms: [HEADER.alg],
        contentEncryptionAlgorithms: [HEADER.enc],
        requiredClaims: ["exp"],
        currentDate: new Date(this.clock()),
      });
      return typeof payload["value"] === "object" ? (payload["value"] as Record<string, unknown> | null) : null;
    } catch {
      return null;
    }
  }
}
