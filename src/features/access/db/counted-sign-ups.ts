import type { Pool } from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { countedAddress } from "../../../shared/domain/counted-address";
import { TooManyAttempts } from "../../../shared/domain/errors";
import type { SignUpLimiter } from "../app/ports";

export interface SignUpLimits {
  readonly perAddress: number;
  /** Of all addresses together. */
  readonly total: number;
  readonly windowSeconds: number;
}

const EVERYBODY = "all";

/** Counts sign-ups in Postgres, beside failed sign-ins, so that all replicas count together. */
export class CountedSignUps implements SignUpLimiter {
  private readonly addresses: RateLimiterPostgres;
  private readonly all: RateLimiterPostgres;

  constructor(pool: Pool, { perAddress, total, windowSeconds }: SignUpLimits) {
    const limiter = (keyPrefix: string, points: number): RateLimiterPostgres =>
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: "pool",
        tableName: "failed_login",
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix,
        points,
        duration: windowSeconds,
      });
    this.addresses = limiter("signup", perAddress);
    this.all = limiter("signups", total);
  }

  async signUp(address: string): Promise<void> {
    try {
      await this.addresses.consume(countedAddress(address));
      await this.all.consume(EVERYBODY);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      throw new TooManyAttempts(seconds, `Too many accounts have been created; try again in ${seconds} s`);
    }
  }
}
