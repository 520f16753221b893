import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../../kernel/clock";
import { isId } from "../../../kernel/ids";
import { Unauthenticated, type MissingCredentials } from "../../../kernel/errors";
import type { Actor, Credentials } from "../../../kernel/permissions";
import type { Account } from "../domain/actor-name";
import {
  hasEnded,
  loadServiceAccount,
  loadUser,
  requireLivingKey,
  type ActorSources,
  type KnownActor,
} from "./load-actor";
import type { AccessReadModel, SessionTokens, VerifiedSession } from "./ports";

/** How long a change of access on another replica can go unnoticed if its notification is lost. */
const KNOWN_FOR_MS = 5_000;
const MAX_KNOWN = 10_000;
/** `lastUsedAt` of a service account is kept to this precision. */
const TOUCH_EVERY_MS = 60_000;

interface RememberedActor extends KnownActor {
  readonly generation: number;
}

/** What a header holds, and how to find out who is behind it. */
interface Secret {
  readonly key: string;
  readonly credentials: Credentials;
  readonly load: () => Promise<KnownActor | null>;
}

export interface SessionsOptions extends ActorSources {
  readonly accounts: AccessReadModel;
  readonly tokens: SessionTokens;
  readonly clock: Clock;
}

/**
 * Turns an `authorization` header into the actor behind it.
 *
 * Actors are remembered for reads, for a few seconds at most, and all forgotten as soon as any access
 * changes (`forget`, called on the database's notification and after each mutation of this process).
 * `fresh` asks the database in any case: mutations always do.
 */
export class Sessions {
  private readonly verified = new LRUCache<string, VerifiedSession>({ max: MAX_KNOWN });
  private readonly actors = new LRUCache<string, RememberedActor>({ max: MAX_KNOWN, ttl: KNOWN_FOR_MS });
  private readonly touched = new LRUCache<string, true>({ max: MAX_KNOWN, ttl: TOUCH_EVERY_MS });
  /**
   * Loads under way, for reads that ask for the same at the same time: each change of access makes every open socket
   * ask.
   */
  private readonly loading = new Map<string, Promise<KnownActor>>();
  /**
   * Cache generation. Entries of an older generation are ignored: clearing the cache at every mutation would cost more
   * than the rest of the mutation.
   */
  private generation = 0;

  constructor(private readonly options: SessionsOptions) {}

  forget(): void {
    this.generation++;
    this.loading.clear();
  }

  /** When credentials that have just been accepted end by themselves; null for API keys without an end. */
  endOf(header: string | undefined): number | null {
    const credentials = credentialsIn(header);
    const endMs = isSessionToken(credentials)
      ? this.verified.get(credentials)?.expiresAtMs
      : this.actors.get(keyOf(hashApiKey(credentials)))?.keyExpiresAtMs;
    return endMs === undefined || endMs === Infinity ? null : endMs;
  }

  /**
   * Takes the header raw, as the `astro` CLI sends it, or with `Bearer`.
   * @throws Unauthenticated, saying whether credentials are missing, invalid or expired
   */
  async actorOf(
    header: string | undefined,
    { fresh, address = null }: { readonly fresh: boolean; readonly address?: string | null },
  ): Promise<Actor> {
    const credentials = credentialsIn(header);
    if (credentials === "") throw new Unauthenticated("MISSING");
    const secret = await this.identify(credentials);
    const known = fresh ? await this.load(secret) : (this.remembered(secret) ?? (await this.loadOnce(secret)));
    const { credentials: proof } = secret;
    if (proof.kind === "SESSION" && hasEnded(known, proof)) throw new Unauthenticated("EXPIRED");
    requireLivingKey(known, Date.parse(this.options.clock()));
    if (proof.kind === "API_KEY") await this.noteUse(known.actor.id, address);
    return { ...known.actor, credentials: proof };
  }

  /** The account's owner with current permissions; null if the account is gone. */
  async actorOfAccount({ type, id }: Account): Promise<Actor | null> {
    if (!isId(id)) return null;
    const known = await (type === "USER" ? loadUser(this.options, id, null) : loadServiceAccount(this.options, { id }));
    return known?.actor ?? null;
  }

  private remembered({ key }: Secret): KnownActor | null {
    const actor = this.actors.get(key);
    return actor?.generation === this.generation ? actor : null;
  }

  private async loadOnce(secret: Secret): Promise<KnownActor> {
    const loading = this.loading.get(secret.key) ?? this.load(secret);
    this.loading.set(secret.key, loading);
    try {
      return await loading;
    } finally {
      if (this.loading.get(secret.key) === loading) this.loading.delete(secret.key);
    }
  }

  private async load({ key, load }: Secret): Promise<KnownActor> {
    const generation = this.generation;
    const known = await load();
    if (known === null) throw new Unauthenticated("INVALID");
    // A change during the read may be missing from its result.
    if (generation === this.generation) this.actors.set(key, { ...known, generation });
    return known;
  }

  private async identify(credentials: string): Promise<Secret> {
    if (isSessionToken(credentials)) {
      const { userId, sessionId, issuedAtMs, expiresAtMs } = await this.verify(credentials);
      return {
        key: `user ${userId}, session ${sessionId}`,
        credentials: { kind: "SESSION", sessionId, issuedAtMs, expiresAtMs },
        load: () => loadUser(this.options, userId, sessionId),
      };
    }
    const keyHash = hashApiKey(credentials);
    return {
      key: keyOf(keyHash),
      credentials: { kind: "API_KEY", keyHash },
      load: () => loadServiceAccount(this.options, { apiKeyHash: keyHash }),
    };
  }

  private async verify(token: string): Promise<VerifiedSession> {
    const known = this.verified.get(token);
    if (known !== undefined && known.expiresAtMs > Date.parse(this.options.clock())) return known;
    const checked = await this.options.tokens.verify(token);
    if (typeof checked === "string") throw new Unauthenticated(checked satisfies MissingCredentials);
    if (!isId(checked.userId)) throw new Unauthenticated("INVALID");
    this.verified.set(token, checked);
    return checked;
  }

  private async noteUse(id: string, address: string | null): Promise<void> {
    if (this.touched.has(id)) return;
    this.touched.set(id, true);
    const use = { at: this.options.clock(), address };
    // Even if the database is read-only or the row is locked, the account can still be used to read.
    await this.options.accounts.touchServiceAccount(id, use).catch(() => this.touched.delete(id));
  }
}

/** API keys have no dot; signed tokens have two. */
const isSessionToken = (credentials: string): boolean => credentials.includes(".");

const keyOf = (keyHash: string): string => `key ${keyHash}`;

const credentialsIn = (header: string | undefined): string => (header ?? "").replace(/^bearer\s+/i, "").trim();

/** API keys are random enough that a plain digest cannot be searched back; comparing digests leaks no time. */
export const hashApiKey = (apiKey: string): string => hash("sha256", apiKey, "hex");
