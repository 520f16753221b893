import type { EntityManager } from "typeorm";
import type { Clock } from "../../../kernel/clock";
import type { InvitationStores, OpenInvitation } from "../app/ports";
import { InvitationRow } from "./access.rows";

export class InvitationStore implements InvitationStores {
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
  ) {}

  async put(invitation: OpenInvitation & { readonly tokenHash: string }): Promise<void> {
    await this.manager.upsert(InvitationRow, { ...invitation, createdAt: this.clock() }, { conflictPaths: ["userId"] });
  }

  find(tokenHash: string): Promise<OpenInvitation | null> {
    return this.manager.findOneBy(InvitationRow, { tokenHash });
  }

  async remove(userId: string): Promise<boolean> {
    const { affected } = await this.manager.delete(InvitationRow, { userId });
    return affected === 1;
  }
}
