import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import type { NotificationReadModel, StoredWebhookSecrets } from "../app/ports";
import type { Webhook } from "../domain/webhook";
import type { WebhookDelivery } from "../domain/webhook-delivery";
import type { NotificationStatements } from "./webhook-store";

export class NotificationReadModelSql implements NotificationReadModel, StoredWebhookSecrets {
  constructor(
    private readonly sql: Sql,
    private readonly statements: NotificationStatements,
  ) {}

  async find(id: string): Promise<Webhook | null> {
    const [found] = await this.sql.query<Webhook>(`${this.statements.webhook} WHERE w.id = $1`, [id]);
    return found ?? null;
  }

  ofPlace(workspaceId: string | null): Promise<Webhook[]> {
    const { webhook } = this.statements;
    return this.sql.query(`${webhook} WHERE w.workspace_id IS NOT DISTINCT FROM $1 ORDER BY w.id`, [workspaceId]);
  }

  async findDelivery(id: string): Promise<WebhookDelivery | null> {
    const [found] = await this.sql.query<WebhookDelivery>(`${this.statements.delivery} WHERE d.id = $1`, [id]);
    return found ?? null;
  }

  deliveries(webhookId: string, { first, after }: { first: number; after: string | null }): Promise<WebhookDelivery[]> {
    return this.sql.query(
      `${this.statements.delivery}
       WHERE d.webhook_id = $1
         AND ($3::uuid IS NULL OR d.position < (SELECT position FROM webhook_delivery WHERE id = $3 AND webhook_id = $1))
       ORDER BY d.position DESC LIMIT $2`,
      [webhookId, first, after],
    );
  }

  sealedSecrets(): Promise<{ id: string; sealedSecret: string }[]> {
    return this.sql.query(`SELECT id, sealed_secret AS "sealedSecret" FROM webhook`);
  }

  async replaceSecret(id: string, present: string, next: string): Promise<boolean> {
    const replaced = await this.sql.query(
      "UPDATE webhook SET sealed_secret = $3 WHERE id = $1 AND sealed_secret = $2 RETURNING id",
      [id, present, next],
    );
    return replaced.length > 0;
  }

  /** Deletes at most `limit` deliveries that ended before the instant; returns how many. */
  async deleteFinished(before: Instant, limit: number): Promise<number> {
    const gone = await this.sql.query(
      `DELETE FROM webhook_delivery
       WHERE id IN (SELECT id FROM webhook_delivery WHERE finished_at < $1 ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [before, limit],
    );
    return gone.length;
  }
}
