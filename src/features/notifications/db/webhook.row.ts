import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { EventType } from "../domain/notification-event";
import type { Webhook, WebhookFormat } from "../domain/webhook";

@Entity("webhook")
@Index("webhook_workspace", ["workspaceId"])
export class WebhookRow implements Webhook {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "webhook_pkey" })
  id: string;

  @Column({ type: "uuid", name: "workspace_id", nullable: true })
  workspaceId: string | null;

  @ManyToOne("WorkspaceRow", { onDelete: "CASCADE", nullable: true })
  @JoinColumn({ name: "workspace_id", foreignKeyConstraintName: "webhook_workspace_fkey" })
  workspace?: object;

  @Column({ type: "text" })
  label: string;

  @Column({ type: "text" })
  url: string;

  @Column({ type: "text" })
  format: WebhookFormat;

  @Column({ type: "text", array: true })
  events: EventType[];

  @Column({ type: "uuid", name: "deployment_ids", array: true })
  deploymentIds: string[];

  @Column({ type: "boolean" })
  enabled: boolean;

  @Column({ type: "text", name: "sealed_secret" })
  sealedSecret: string;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;
}
