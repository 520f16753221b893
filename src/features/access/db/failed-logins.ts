import { createHmac } from "node:crypto";
import type { Pool } from "pg";
import { countedAddress } from "../../../kernel/counted-address";
import type { AttemptedAccount, LoginAttempt, LoginLimiter } from "../app/ports";
import type { DelayLimits } from "../domain/sign-in-delays";
import { FailureCounters, type Counter } from "./failure-counters";

interface LoginLimits {
  /** Failures at one account from one network that cost no delay. */
  readonly perAccount: number;
  /** The same from one network at all accounts that have not signed in from there before. */
  readonly perAddress: number;
  /** The longest delay. */
  readonly windowSeconds: number;
}

/** How many times as many failures an account takes from all networks together that it does not know. */
const ALL_NETWORKS_FACTOR = 5;
/** How long an account knows a network after a sign-in from there. */
const KNOWN_FOR_MS = 90 * 86_400_000;
const DIGEST_LENGTH = 32;

export interface FailedLoginsOptions {
  readonly limits: LoginLimits;
  /** The same on every replica. */
  readonly nowMs: () => number;
  /** For digests of names that no account has: what is typed as a name may be a password. */
  readonly digestKey: Uint8Array;
}

/**
 * Slows down who guesses, and not whose password is guessed. Failures count by account and network. A network that the
 * account has signed in from before has a counter of its own, and no other one matters there. Elsewhere two more count:
 * those of the account from all such networks, which bounds how many passwords anybody can try, and those of the network
 * at all accounts. Counts are kept in Postgres, so that all replicas count together.
 */
export class FailedLogins implements LoginLimiter {
  constructor(
    private readonly pool: Pool,
    private readonly options: FailedLoginsOptions,
  ) {}

  async signIn(account: AttemptedAccount, address: string): Promise<LoginAttempt> {
    const { perAccount, perAddress } = this.options.limits;
    const network = countedAddress(address);
    const who = "userId" in account ? account.userId : this.digestOf(account.unknownName);
    const known = `known:${who}|${network}`;
    const pair: Counter = { key: `pair:${who}|${network}`, limits: this.limits(perAccount) };
    const elsewhere: Counter[] = [
      { key: `account:${who}`, limits: this.limits(perAccount * ALL_NETWORKS_FACTOR) },
      { key: `address:${network}`, limits: this.limits(perAddress) },
    ];
    const isKnown = await this.inTransaction(async (counters) => {
      const isKnown = await counters.isNoted(known);
      // Always in this order, so that no two attempts wait for each other.
      for (const counter of isKnown ? [pair] : [pair, ...elsewhere]) await counters.count(counter);
      return isKnown;
    });
    return {
      succeeded: () =>
        this.inTransaction(async (counters) => {
          await counters.forget(pair);
          if (!isKnown) for (const counter of elsewhere) await counters.uncount(counter);
          await counters.note(known, this.options.nowMs() + KNOWN_FOR_MS);
        }),
    };
  }

  async inSession(sessionKey: string): Promise<LoginAttempt> {
    const counter = { key: `session:${sessionKey}`, limits: this.limits(this.options.limits.perAccount) };
    await this.inTransaction((counters) => counters.count(counter));
    return { succeeded: () => this.inTransaction((counters) => counters.forget(counter)) };
  }

  private limits(free: number): DelayLimits {
    return { free, maxDelayMs: this.options.limits.windowSeconds * 1000 };
  }

  private digestOf(name: string): string {
    return createHmac("sha256", this.options.digestKey).update(name).digest("hex").slice(0, DIGEST_LENGTH);
  }

  /** A refusal counts nothing. */
  private async inTransaction<T>(work: (counters: FailureCounters) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      const result = await work(new FailureCounters(client, Math.round(this.options.nowMs())));
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      const failed = await client.query("ROLLBACK").then(
        () => false,
        () => true,
      );
      client.release(failed);
      throw error;
    }
  }
}
