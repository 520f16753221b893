import type { Pool } from "pg";
import { RateLimiterRes, type RateLimiterPostgres } from "rate-limiter-flexible";
import { countedAddress } from "../../../kernel/counted-address";
import { TooManyAttempts } from "../../../kernel/errors";
import type { LoginLimiter } from "../app/ports";
import { attemptLimiter } from "./attempt-limiter";

export interface LoginLimits {
  readonly perAccount: number;
  readonly perAddress: number;
  readonly windowSeconds: number;
}

/** Counts attempts in Postgres, so that all replicas count together. */
export class FailedLogins implements LoginLimiter {
  private readonly accounts: RateLimiterPostgres;
  private readonly addresses: RateLimiterPostgres;

  constructor(pool: Pool, { perAccount, perAddress, windowSeconds }: LoginLimits) {
    this.accounts = attemptLimiter(pool, "account", { points: perAccount, windowSeconds });
    this.addresses = attemptLimiter(pool, "address", { points: perAddress, windowSeconds });
  }

  async attempt(account: string, address: string): Promise<void> {
    try {
      await this.addresses.consume(countedAddress(address));
      await this.accounts.consume(account.slice(0, 200));
    } catch (error) {
      if (error instanceof RateLimiterRes) throw new TooManyAttempts(Math.ceil(error.msBeforeNext / 1000));
      throw error;
    }
  }

  async succeeded(account: string, address: string): Promise<void> {
    await this.accounts.delete(account.slice(0, 200));
    await this.addresses.reward(countedAddress(address));
  }
}
