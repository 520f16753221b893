import type { DataSource, EntityManager } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { WebhookStore } from "../app/ports";
import type { Webhook } from "../domain/webhook";
import { WebhookDeliveryRow } from "./webhook-delivery.row";
import { WebhookRow } from "./webhook.row";

/** Statements that do not change between transactions. */
export class NotificationStatements {
  readonly webhooks: RowStatements<WebhookRow>;
  readonly webhook: string;
  readonly delivery: string;

  constructor(dataSource: DataSource) {
    this.webhooks = new RowStatements(dataSource, WebhookRow);
    this.webhook = `SELECT ${this.webhooks.select("w")} FROM webhook w`;
    this.delivery = `SELECT ${new RowStatements(dataSource, WebhookDeliveryRow).select("d")} FROM webhook_delivery d`;
  }
}

export class WebhookStoreSql implements WebhookStore {
  private readonly sql: Sql;

  constructor(
    private readonly manager: EntityManager,
    private readonly statements: NotificationStatements,
  ) {
    this.sql = sqlOf(manager);
  }

  async lockPlace(workspaceId: string | null): Promise<boolean> {
    await this.sql.query("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('webhooks of ' || $1::text, 0))", [
      workspaceId ?? "the system",
    ]);
    if (workspaceId === null) return true;
    return (await this.sql.query("SELECT 1 FROM workspace WHERE id = $1 FOR KEY SHARE", [workspaceId])).length > 0;
  }

  async count(workspaceId: string | null): Promise<number> {
    const [row] = await this.sql.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM webhook WHERE workspace_id IS NOT DISTINCT FROM $1",
      [workspaceId],
    );
    return row?.count ?? 0;
  }

  async lock(id: string): Promise<Webhook | null> {
    const [found] = await this.sql.query<Webhook>(`${this.statements.webhook} WHERE w.id = $1 FOR UPDATE`, [id]);
    return found ?? null;
  }

  add(webhook: Webhook): Promise<void> {
    return this.statements.webhooks.insert(this.manager, asRow(webhook));
  }

  update({ id, ...webhook }: Webhook): Promise<void> {
    return this.statements.webhooks.update(this.manager, id, asRow(webhook));
  }

  async remove(id: string): Promise<void> {
    await this.sql.query("DELETE FROM webhook WHERE id = $1", [id]);
  }

  async knownDeployments(ids: readonly string[], workspaceId: string | null): Promise<string[]> {
    const found = await this.sql.query<{ id: string }>(
      "SELECT id FROM deployment WHERE id = ANY($1::uuid[]) AND workspace_id = coalesce($2, workspace_id) AND deleted_at IS NULL",
      [ids, workspaceId],
    );
    return found.map(({ id }) => id);
  }
}

/** Arrays that the row may change. */
const asRow = <W extends Pick<Webhook, "events" | "deploymentIds">>(webhook: W) => ({
  ...webhook,
  events: [...webhook.events],
  deploymentIds: [...webhook.deploymentIds],
});
