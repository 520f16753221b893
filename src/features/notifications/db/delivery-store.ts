import type { Sql } from "../../../infrastructure/postgres/sql";
import { plusMs, type Instant } from "../../../kernel/instant";
import type { DeliveryStore, Line } from "../app/ports";
import type { NotificationEvent } from "../domain/notification-event";
import { RETRY_FOR_MS, type WebhookDelivery } from "../domain/webhook-delivery";
import type { NotificationStatements } from "./webhook-store";

export class DeliveryStoreSql implements DeliveryStore {
  constructor(
    private readonly sql: Sql,
    private readonly statements: NotificationStatements,
  ) {}

  async add(webhookId: string, event: NotificationEvent, { id, at }: { id: string; at: Instant }): Promise<void> {
    await this.sql.query(
      `INSERT INTO webhook_delivery (id, webhook_id, deployment_id, event, status, attempts, created_at, next_attempt_at, retry_until)
       VALUES ($1, $2, $3, $4::jsonb, 'PENDING', 0, $5, $5, $6)`,
      [id, webhookId, event.deploymentId, JSON.stringify(event), at, plusMs(at, RETRY_FOR_MS)],
    );
  }

  async lockHead({ webhookId, deploymentId }: Line) {
    const [head] = await this.sql.query<WebhookDelivery & { claimedUntil: Instant | null }>(
      `${this.statements.delivery}
       WHERE d.webhook_id = $1 AND d.deployment_id IS NOT DISTINCT FROM $2 AND d.status = 'PENDING'
       ORDER BY d.position LIMIT 1 FOR UPDATE`,
      [webhookId, deploymentId],
    );
    return head ?? null;
  }

  async lock(id: string): Promise<WebhookDelivery | null> {
    const [found] = await this.sql.query<WebhookDelivery>(`${this.statements.delivery} WHERE d.id = $1 FOR UPDATE`, [
      id,
    ]);
    return found ?? null;
  }

  async claim(id: string, until: Instant): Promise<void> {
    await this.sql.query("UPDATE webhook_delivery SET claimed_until = $2, attempts = attempts + 1 WHERE id = $1", [
      id,
      until,
    ]);
  }

  async settle(delivery: WebhookDelivery): Promise<boolean> {
    const { id, attempts, status, responseStatus, error, nextAttemptAt, finishedAt } = delivery;
    const settled = await this.sql.query(
      `UPDATE webhook_delivery
       SET status = $3, response_status = $4, error = $5, next_attempt_at = $6, finished_at = $7, claimed_until = NULL
       WHERE id = $1 AND attempts = $2 AND status = 'PENDING'
       RETURNING id`,
      [id, attempts, status, responseStatus, error, nextAttemptAt, finishedAt],
    );
    return settled.length > 0;
  }

  async reopen(id: string, at: Instant): Promise<void> {
    await this.sql.query(
      `UPDATE webhook_delivery
       SET status = 'PENDING', attempts = 0, next_attempt_at = $2, retry_until = $3, finished_at = NULL, claimed_until = NULL
       WHERE id = $1`,
      [id, at, plusMs(at, RETRY_FOR_MS)],
    );
  }

  async giveUp(webhookId: string, reason: string, at: Instant): Promise<void> {
    await this.sql.query(
      `UPDATE webhook_delivery SET status = 'FAILED', error = $2, finished_at = $3, claimed_until = NULL
       WHERE webhook_id = $1 AND status = 'PENDING'`,
      [webhookId, reason, at],
    );
  }
}
