import { IsNull, LessThan, type EntityManager } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import type { Instant } from "../../../kernel/instant";
import type { OpenPushes, PushStore } from "../app/ports";
import type { PushOutcome, RegistryPush } from "../domain/registry-push";
import { RegistryPushRow } from "./registry-push.row";

export class PushStoreSql implements PushStore {
  constructor(private readonly manager: EntityManager) {}

  async add(push: RegistryPush): Promise<boolean> {
    const { id, eventId, deploymentId, tag, digest, actorName, requestId, address, receivedAt } = push;
    const rows = await sqlOf(this.manager).query(
      `INSERT INTO registry_push (id, event_id, deployment_id, tag, digest, actor_name, request_id, address, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (event_id) DO NOTHING RETURNING id`,
      [id, eventId, deploymentId, tag, digest, actorName, requestId, address, receivedAt],
    );
    return rows.length > 0;
  }

  async close(id: string, outcome: PushOutcome): Promise<boolean> {
    const rows = await sqlOf(this.manager).query(
      "UPDATE registry_push SET outcome = $2 WHERE id = $1 AND outcome IS NULL RETURNING id",
      [id, outcome],
    );
    return rows.length > 0;
  }
}

export class OpenPushesSql implements OpenPushes {
  constructor(private readonly manager: EntityManager) {}

  async next(deploymentId: string): Promise<RegistryPush | null> {
    const [push] = await this.manager.find(RegistryPushRow, {
      where: { deploymentId, outcome: IsNull() },
      order: { id: "ASC" },
      take: 1,
    });
    return push ?? null;
  }

  async forget(before: Instant): Promise<void> {
    await this.manager.delete(RegistryPushRow, { receivedAt: LessThan(before) });
  }
}
