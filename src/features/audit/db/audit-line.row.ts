import { Check, Column, Entity, Index, PrimaryColumn } from "typeorm";
import type { AuditObjectType } from "../../../kernel/audit-entry";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { ActorType } from "../../../kernel/permissions";

/** Ids are plain: a line outlives everything that it tells of. */
@Entity("audit_line")
@Index("audit_line_created_at", ["createdAt", "id"])
@Index("audit_line_actor", ["actorId", "createdAt", "id"])
@Index("audit_line_object", ["objectId", "createdAt", "id"])
@Index("audit_line_deployment", ["deploymentId", "createdAt", "id"])
@Index("audit_line_request", ["requestId"])
@Index("audit_line_waiting", ["id"], { where: "export_state = 'WAITING'" })
@Index("audit_line_rejected", ["id"], { where: "export_state = 'REJECTED'" })
@Check("audit_line_export_state_check", "export_state IN ('WAITING', 'EXPORTED', 'REJECTED')")
export class AuditLineRow {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "audit_line_pkey" })
  id: string;

  @Column({ type: "text" })
  action: string;

  @Column({ type: "text", name: "actor_id" })
  actorId: string;

  @Column({ type: "text", name: "actor_type" })
  actorType: ActorType;

  @Column({ type: "text", name: "actor_label" })
  actorLabel: string;

  @Column({ type: "text", name: "object_type" })
  objectType: AuditObjectType;

  @Column({ type: "text", name: "object_id", nullable: true })
  objectId: string | null;

  @Column({ type: "text", name: "object_label", nullable: true })
  objectLabel: string | null;

  @Column({ type: "uuid", name: "workspace_id", nullable: true })
  workspaceId: string | null;

  @Column({ type: "uuid", name: "deployment_id", nullable: true })
  deploymentId: string | null;

  @Column({ type: "jsonb" })
  details: object;

  @Column({ type: "text", name: "request_id", nullable: true })
  requestId: string | null;

  @Column({ type: "text", nullable: true })
  address: string | null;

  @Column({ type: "text", name: "export_state", default: "WAITING" })
  exportState: "WAITING" | "EXPORTED" | "REJECTED";

  /** Since when Elasticsearch refuses the line, each time that it is sent. */
  @InstantColumn({ name: "refused_since", nullable: true })
  refusedSince: Instant | null;

  /** When a refused line is sent again. */
  @InstantColumn({ name: "retry_at", nullable: true })
  retryAt: Instant | null;

  /** Why Elasticsearch refused the line the last time. */
  @Column({ type: "text", name: "rejected_reason", nullable: true })
  rejectedReason: string | null;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}
