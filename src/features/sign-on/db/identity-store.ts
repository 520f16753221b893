import type { EntityManager } from "typeorm";
import type { Clock } from "../../../kernel/clock";
import type { IdentityStore } from "../app/ports";
import type { Identity } from "../domain/match-account";
import { IdentityRow } from "./identity.row";

export class IdentityStoreSql implements IdentityStore {
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
  ) {}

  find(issuer: string, subject: string): Promise<Identity | null> {
    return this.manager.findOneBy(IdentityRow, { issuer, subject });
  }

  ofUser(userId: string): Promise<Identity[]> {
    return this.manager.findBy(IdentityRow, { userId });
  }

  async connect({ issuer, subject, provider, userId }: Identity & { readonly userId: string }): Promise<void> {
    const row = { issuer, subject, provider, userId, connectedAt: this.clock() };
    await this.manager.upsert(IdentityRow, row, { conflictPaths: ["issuer", "subject"] });
  }
}
