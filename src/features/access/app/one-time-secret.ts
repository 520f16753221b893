import { hash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

export interface OneTimeSecret {
  /** Shown once. */
  readonly secret: string;
  /** What is kept of it. */
  readonly digest: string;
}

export function newOneTimeSecret(): OneTimeSecret {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { secret, digest: digestOf(secret) };
}

/** A plain digest is enough, because nobody can guess 32 random bytes. */
export const digestOf = (secret: string): string => hash("sha256", secret, "hex");
