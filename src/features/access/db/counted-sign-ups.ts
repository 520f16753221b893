import type { Pool } from "pg";
import { RateLimiterRes, type RateLimiterPostgres } from "rate-limiter-flexible";
import { countedAddress } from "../../../kernel/counted-address";
import { TooManyAttempts } from "../../../kernel/errors";
import type { SignUpLimiter } from "../app/ports";
import { attemptLimiter } from "./attempt-limiter";

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
    this.addresses = attemptLimiter(pool, "signup", { points: perAddress, windowSeconds });
    this.all = attemptLimiter(pool, "signups", { points: total, windowSeconds });
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
