import { timingSafeEqual } from "node:crypto";
import { digestOf } from "./one-time-secret";

/** Who may become the first user of an installation, and with that its SYSTEM_ADMIN. Once there is a user, nobody. */
export class FirstAdministrator {
  private readonly digest: Buffer;
  private readonly address: string | null;

  /**
   * @param secret whoever sends it may
   * @param address whoever proves it through a provider may
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
