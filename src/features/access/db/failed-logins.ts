import type { Pool } from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { countedAddress } from "../../../shared/domain/counted-address";
import { TooManyAttempts } from "../../../shared/domain/errors";
import type { LoginLimiter } from "../app/ports";

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
    this.accounts = limiter("account", perAccount);
    this.addresses = limiter("address", perAddress);
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
