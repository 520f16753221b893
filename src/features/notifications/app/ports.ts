import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Instant } from "../../../kernel/instant";
import type { Outbox, OutboxJob } from "../../../kernel/outbox";
import type { SecretKeeper } from "../../../kernel/secret-box";
import type { NotificationEvent } from "../domain/notification-event";
import type { Webhook } from "../domain/webhook";
import type { WebhookDelivery } from "../domain/webhook-delivery";

export const NOTIFICATION_TASKS = { deliver: "notifications.deliver" } as const;

/** Deliveries of one webhook about one Deployment are sent one after the other, oldest first. */
export interface Line {
  readonly webhookId: string;
  /** Null for test events. */
  readonly deploymentId: string | null;
}

/** One job for each line at a time; another one for the same line replaces it, unless it runs already. */
export const deliverJob = ({ webhookId, deploymentId }: Line, delayMs = 0): OutboxJob => {
  const line = `webhook:${webhookId}:${deploymentId ?? "test"}`;
  return {
    task: NOTIFICATION_TASKS.deliver,
    payload: { webhookId, ...(deploymentId !== null && { deploymentId }) },
    queue: line,
    key: line,
    delayMs,
  };
};

export interface WebhookStore {
  /** Makes others who add webhooks there wait. False if there is no such Workspace. */
  lockPlace(workspaceId: string | null): Promise<boolean>;
  count(workspaceId: string | null): Promise<number>;
  lock(id: string): Promise<Webhook | null>;
  add(webhook: Webhook): Promise<void>;
  update(webhook: Webhook): Promise<void>;
  remove(id: string): Promise<void>;
  /** The ids that are Deployments, of the Workspace if one is given. */
  knownDeployments(ids: readonly string[], workspaceId: string | null): Promise<string[]>;
}

export interface DeliveryStore {
  add(webhookId: string, event: NotificationEvent, times: { readonly id: string; readonly at: Instant }): Promise<void>;
  /** The oldest that is pending, locked. */
  lockHead(line: Line): Promise<(WebhookDelivery & { readonly claimedUntil: Instant | null }) | null>;
  lock(id: string): Promise<WebhookDelivery | null>;
  claim(id: string, until: Instant): Promise<void>;
  /** Settles the attempt with that count, unless another one has begun since. */
  settle(delivery: WebhookDelivery): Promise<boolean>;
  /** Makes it pending again, from now on. */
  reopen(id: string, at: Instant): Promise<void>;
  /** Gives up what is pending. */
  giveUp(webhookId: string, reason: string, at: Instant): Promise<void>;
}

export interface NotificationStores {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly audit: AuditTrail;
  readonly outbox: Outbox;
}

export interface NotificationReadModel {
  find(id: string): Promise<Webhook | null>;
  /** Oldest first. */
  ofPlace(workspaceId: string | null): Promise<Webhook[]>;
  findDelivery(id: string): Promise<WebhookDelivery | null>;
  /** Newest first, those before the id. */
  deliveries(
    webhookId: string,
    page: { readonly first: number; readonly after: string | null },
  ): Promise<WebhookDelivery[]>;
}

/** The secrets of all webhooks, as the database keeps them. */
export interface StoredWebhookSecrets {
  sealedSecrets(): Promise<{ readonly id: string; readonly sealedSecret: string }[]>;
  /** False, and nothing done, if the secret is no longer the one that was read. */
  replaceSecret(id: string, present: string, next: string): Promise<boolean>;
}

/** Sends a request to where it may go, without following redirects. @throws Error if no answer came */
export type Post = (
  url: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
) => Promise<{ readonly status: number }>;

/** Of the secrets of one webhook. */
export type SecretsOf = (place: string) => SecretKeeper;
