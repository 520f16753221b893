import type { EntityManager } from "typeorm";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { RowStatements } from "../../../infrastructure/postgres/row-statements";
import type { AuditEntry } from "../../../kernel/audit-entry";
import type { AuditLineRow } from "./audit-line.row";

/** Writes lines in the transaction of the manager. */
export class AuditTrailSql implements AuditTrail {
  constructor(
    private readonly manager: EntityManager,
    private readonly rows: RowStatements<AuditLineRow>,
    private readonly clock: Clock,
  ) {}

  async add({ actor, action, object, details = {} }: AuditEntry): Promise<void> {
    await this.rows.insert(this.manager, {
      id: newId(),
      action,
      actorId: actor.id,
      actorType: actor.type,
      actorLabel: actor.label,
      objectType: object.type,
      objectId: object.id,
      objectLabel: object.label,
      workspaceId: object.workspaceId ?? null,
      deploymentId: object.deploymentId ?? null,
      details,
      requestId: actor.request?.id ?? null,
      address: actor.request?.address ?? null,
      exportState: "WAITING",
      refusedSince: null,
      retryAt: null,
      rejectedReason: null,
      createdAt: this.clock(),
    });
  }
}
