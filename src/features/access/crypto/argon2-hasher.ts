import { Algorithm, hash, verify, type Options } from "@node-rs/argon2";
import type { PasswordHasher } from "../app/ports";

/** OWASP's password storage cheat sheet, Argon2id, first choice: 19 MiB, two passes, one lane. */
const OPTIONS: Options = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export class Argon2Hasher implements PasswordHasher {
  private decoy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return hash(password, OPTIONS);
  }

  async verify(known: string | null, password: string): Promise<boolean> {
    // An unknown account costs as much time as a wrong password, so neither can be told from the other.
    this.decoy ??= this.hash("nobody has this password");
    const right = await verify(known ?? (await this.decoy), password);
    return right && known !== null;
  }
}
