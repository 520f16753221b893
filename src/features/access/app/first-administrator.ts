import { timingSafeEqual } from "node:crypto";
import { digestOf } from "./one-time-secret";

/** Who may become the first user of an installation, and with that its SYSTEM_ADMIN. Once there is a user, nobody. */
export class FirstAdministrator {
  private readonly digest: Buffer;
  private readonly address: string | null;

  /**
   * @param secret makes the user who sends it the first administrator
   * @param address makes the user the first administrator whom a provider confirms to have it; undefined for nobody
   */
  constructor(
    readonly secret: string,
    address: string | undefined,
  ) {
    this.digest = Buffer.from(digestOf(secret));
    this.address = address?.trim().toLowerCase() ?? null;
  }

  isSecret(given: string): boolean {
    return timingSafeEqual(this.digest, Buffer.from(digestOf(given)));
  }

  /** @param proven an address in lower case, which a provider says is verified */
  isNamed(proven: string): boolean {
    return this.address === proven;
  }
}
