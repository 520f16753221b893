import { Column, Entity, Generated, Index, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { NotificationEvent } from "../domain/notification-event";
import type { DeliveryStatus, WebhookDelivery } from "../domain/webhook-delivery";
import { WebhookRow } from "./webhook.row";

@Entity("webhook_delivery")
@Index("webhook_delivery_pending", ["webhookId", "deploymentId", "position"], { where: "status = 'PENDING'" })
@Index("webhook_delivery_webhook", ["webhookId", "id"])
@Index("webhook_delivery_finished", ["finishedAt"])
export class WebhookDeliveryRow implements WebhookDelivery {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "webhook_delivery_pkey" })
  id: string;

  /** The order in which events happened; those of one Deployment are written one after the other, under its lock. */
  @Column({ type: "bigint" })
  @Generated("increment")
  position: string;

  @Column({ type: "uuid", name: "webhook_id" })
  webhookId: string;

  @ManyToOne(() => WebhookRow, { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "webhook_id", foreignKeyConstraintName: "webhook_delivery_webhook_fkey" })
  webhook?: object;

  /** A plain id, so that the log outlives the Deployment. */
  @Column({ type: "uuid", name: "deployment_id", nullable: true })
  deploymentId: string | null;

  @Column({ type: "jsonb" })
  event: NotificationEvent;

  @Column({ type: "text" })
  status: DeliveryStatus;

  @Column({ type: "integer" })
  attempts: number;

  @Column({ type: "integer", name: "response_status", nullable: true })
  responseStatus: number | null;

  @Column({ type: "text", nullable: true })
  error: string | null;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "next_attempt_at" })
  nextAttemptAt: Instant;

  @InstantColumn({ name: "retry_until" })
  retryUntil: Instant;

  /** While an attempt is under way, or since a process died with it. */
  @InstantColumn({ name: "claimed_until", nullable: true })
  claimedUntil: Instant | null;

  @InstantColumn({ name: "finished_at", nullable: true })
  finishedAt: Instant | null;
}
