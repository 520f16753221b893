import { Unauthenticated } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import {
  hasEnded,
  loadServiceAccount,
  loadUser,
  requireLivingKey,
  type ActorSources,
  type KnownActor,
} from "./load-actor";
import type { CurrentActors } from "./ports";

export class CurrentActorsReader implements CurrentActors {
  constructor(private readonly sources: ActorSources & { readonly nowMs: () => number }) {}

  async current(actor: Actor): Promise<Actor> {
    if (actor.type === "SYSTEM") return actor;
    const { credentials } = actor;
    const known = await this.load(actor);
    if (known === null) throw new Unauthenticated("INVALID");
    if (credentials?.kind === "SESSION") {
      const isOver = hasEnded(known, credentials) || credentials.expiresAtMs <= this.sources.nowMs();
      if (isOver) throw new Unauthenticated("EXPIRED");
    }
    // Actors that another system has named hold no key here.
    if (credentials?.kind === "API_KEY") requireLivingKey(known, this.sources.nowMs());
    return { ...actor, label: known.actor.label, grants: known.actor.grants };
  }

  private load({ id, type, credentials }: Actor): Promise<KnownActor | null> {
    if (type === "USER") {
      return loadUser(this.sources, id, credentials?.kind === "SESSION" ? credentials.sessionId : null);
    }
    return loadServiceAccount(
      this.sources,
      credentials?.kind === "API_KEY" ? { apiKeyHash: credentials.keyHash } : { id },
    );
  }
}
