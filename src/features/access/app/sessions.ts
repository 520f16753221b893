import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../../shared/app/clock";
import { isId } from "../../../shared/app/ids";
import { Unauthenticated, type MissingCredentials } from "../../../shared/domain/errors";
import type { Actor } from "../../../shared/domain/permissions";
import { grantsOf, type RolePermissions } from "../domain/roles";
import type { AccessReadModel, SessionTokens } from "./ports";

/** How long a change of access on another replica can go unnoticed if its notification is lost. */
const KNOWN_FOR_MS = 5_000;
const MOST_KNOWN = 10_000;
/** `lastUsedAt` of a service account is kept to this precision. */
const TOUCH_EVERY_MS = 60_000;

export interface SessionsOptions {
  readonly accounts: AccessReadModel;
  readonly tokens: SessionTokens;
  readonly roles: RolePermissions;
  readonly clock: Clock;
  readonly serviceAccountsEnabled: boolean;
}

/**
 * Turns an `authorization` header into the actor behind it.
 *
 * Actors are remembered for reads, for a few seconds at most, and all forgotten as soon as any access
 * changes (`forget`, called on the database's notification and after each mutation of this process).
 * `fresh` asks the database in any case: mutations always do.
 */
export class Sessions {
  private readonly verified = new LRUCache<string, { userId: string; expiresAtMs: number }>({ max: MOST_KNOWN });
  private readonly actors = new LRUCache<string, Actor>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });
  private readonly touched = new LRUCache<string, true>({ max: MOST_KNOWN, ttl: TOUCH_EVERY_MS });
  private generation = 0;

  constructor(private readonly options: SessionsOptions) {}

  forget(): void {
    this.generation++;
    this.actors.clear();
  }

  /**
   * Takes the header raw, as the `astro` CLI sends it, or with `Bearer`.
   * @throws Unauthenticated, saying whether credentials are missing, invalid or expired
   */
  async actorOf(header: string | undefined, { fresh }: { fresh: boolean }): Promise<Actor> {
    const credentials = (header ?? "").replace(/^bearer\s+/i, "").trim();
    if (credentials === "") throw new Unauthenticated("MISSING");
    const secret = await this.identify(credentials);
    const known = fresh ? undefined : this.actors.get(secret.key);
    if (known !== undefined) return known;

    const generation = this.generation;
    const actor = await secret.load();
    if (actor === null) throw new Unauthenticated("INVALID");
    // A change that came while we were reading may not be in what we read.
    if (generation === this.generation) this.actors.set(secret.key, actor);
    return actor;
  }

  private async identify(credentials: string): Promise<{ key: string; load: () => Promise<Actor | null> }> {
    if (credentials.includes(".")) {
      const userId = await this.userIdOf(credentials);
      return { key: `user ${userId}`, load: () => this.loadUser(userId) };
    }
    const hash = hashApiKey(credentials);
    return { key: `key ${hash}`, load: () => this.loadServiceAccount(hash) };
  }

  private async userIdOf(token: string): Promise<string> {
    const known = this.verified.get(token);
    if (known !== undefined && known.expiresAtMs > Date.parse(this.options.clock())) return known.userId;
    const checked = await this.options.tokens.verify(token);
    if (typeof checked === "string") throw new Unauthenticated(checked satisfies MissingCredentials);
    if (!isId(checked.userId)) throw new Unauthenticated("INVALID");
    this.verified.set(token, checked);
    return checked.userId;
  }

  private async loadUser(id: string): Promise<Actor | null> {
    const found = await this.options.accounts.userWithBindings(id);
    if (found === null) return null;
    const { user, bindings } = found;
    return {
      id: user.id,
      type: "USER",
      label: user.fullName ?? user.username,
      grants: grantsOf("USER", bindings, this.options.roles),
    };
  }

  private async loadServiceAccount(apiKeyHash: string): Promise<Actor | null> {
    if (!this.options.serviceAccountsEnabled) return null;
    const found = await this.options.accounts.serviceAccountWithBindings(apiKeyHash);
    if (found === null) return null;
    const { account, bindings } = found;
    if (!this.touched.has(account.id)) {
      this.touched.set(account.id, true);
      await this.options.accounts.touchServiceAccount(account.id, this.options.clock());
    }
    return {
      id: account.id,
      type: "SERVICE_ACCOUNT",
      label: account.label,
      grants: grantsOf("SERVICE_ACCOUNT", bindings, this.options.roles),
    };
  }
}

/** API keys are random enough that a plain digest cannot be searched back; comparing digests leaks no time. */
export const hashApiKey = (apiKey: string): string => hash("sha256", apiKey, "hex");
