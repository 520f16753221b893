import { randomBytes } from "node:crypto";
import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import { GraphileOutbox } from "../../infrastructure/jobs/outbox";
import { required, type JobHandler } from "../../infrastructure/jobs/job";
import { postToPublic } from "../../infrastructure/outbound/post-to-public";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import { minusDays, type Instant } from "../../kernel/instant";
import { Deliver } from "./app/deliver";
import type { FindWorkspace } from "./app/find-webhook";
import { ManageDeliveries } from "./app/manage-deliveries";
import { ManageWebhooks } from "./app/manage-webhooks";
import { NOTIFICATION_TASKS, type NotificationStores, type SecretsOf } from "./app/ports";
import { sealWebhookSecrets } from "./app/seal-webhook-secrets";
import { DeliveryStoreSql } from "./db/delivery-store";
import { NotificationReadModelSql } from "./db/notification-read-model";
import { NotificationStatements, WebhookStoreSql } from "./db/webhook-store";
import { WebhookResolver } from "./graphql/webhook.resolver";

export { WebhookDeliveryRow } from "./db/webhook-delivery.row";
export { WebhookRow } from "./db/webhook.row";
export { notifyOfLines } from "./db/notification-writer";

export interface NotificationsModuleOptions {
  readonly config: Pick<Config, "notifications" | "limits" | "workers">;
  readonly dataSource: DataSource;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly clock: Clock;
  readonly findWorkspace: FindWorkspace;
  readonly secretsOf: SecretsOf;
}

export function createNotificationsModule(options: NotificationsModuleOptions) {
  const { config, dataSource, audit, clock, findWorkspace, secretsOf } = options;
  const { allowPrivateAddresses, retentionDays } = config.notifications;
  const statements = new NotificationStatements(dataSource);
  const unitOfWork = createUnitOfWork(dataSource, (manager): NotificationStores => {
    const sql = sqlOf(manager);
    return {
      webhooks: new WebhookStoreSql(manager, statements),
      deliveries: new DeliveryStoreSql(sql, statements),
      audit: audit(manager),
      outbox: new GraphileOutbox(sql),
    };
  });
  const readModel = new NotificationReadModelSql(sqlOf(dataSource), statements);
  const shared = { unitOfWork, readModel, findWorkspace, clock };
  const deliver = new Deliver({
    ...shared,
    secretsOf,
    post: (url, request, signal) => postToPublic(url, request, { signal, allowPrivateAddresses }),
    maxAtOnce: Math.max(1, Math.floor(config.workers.concurrency / 2)),
  });
  const settings = { allowsPrivate: allowPrivateAddresses, maxPerPlace: config.limits.webhooks };
  const jobs: Readonly<Record<string, JobHandler>> = {
    [NOTIFICATION_TASKS.deliver]: ({ webhookId, deploymentId }, { signal }) =>
      deliver.execute({ webhookId: required(webhookId), deploymentId: deploymentId ?? null }, signal),
  };
  return {
    deliver,
    jobs,
    sealSecrets: () => sealWebhookSecrets(readModel, secretsOf),
    /** Deletes at most `limit` deliveries that ended too long ago; returns how many. */
    deleteExpired: (now: Instant, limit: number) => readModel.deleteFinished(minusDays(now, retentionDays), limit),
    resolvers: [
      new WebhookResolver({
        webhooks: new ManageWebhooks({ ...shared, secretsOf, settings, randomBytes }),
        deliveries: new ManageDeliveries(shared),
      }),
    ],
  };
}
