import type { Clock } from "../../../kernel/clock";
import { Conflict, InvalidInput, NotFound, notFoundAs } from "../../../kernel/errors";
import { isId, newId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { TEST_EVENT } from "../domain/notification-event";
import { auditedWebhook, type Webhook } from "../domain/webhook";
import type { WebhookDelivery } from "../domain/webhook-delivery";
import { findWebhook, type FindWorkspace } from "./find-webhook";
import { deliverJob, type NotificationReadModel, type NotificationStores } from "./ports";

const MAX_PAGE = 100;

/** The log of deliveries; sending again; sending a test. */
export class ManageDeliveries {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<NotificationStores>;
      readonly readModel: NotificationReadModel;
      readonly findWorkspace: FindWorkspace;
      readonly clock: Clock;
    },
  ) {}

  /** Newest first. @throws NotFound, Forbidden, InvalidInput */
  async page(
    actor: Actor,
    webhookId: string,
    { first, after }: { first: number; after: string | null },
  ): Promise<{ deliveries: WebhookDelivery[]; hasNextPage: boolean }> {
    if (first < 1 || first > MAX_PAGE) throw new InvalidInput("first", `has to be from 1 to ${MAX_PAGE}`);
    if (after !== null && !isId(after)) throw new InvalidInput("after", "is not a cursor that this API gave out");
    const { id } = await findWebhook(actor, webhookId, this.deps);
    const found = await this.deps.readModel.deliveries(id, { first: first + 1, after });
    return { deliveries: found.slice(0, first), hasNextPage: found.length > first };
  }

  /** Sends an event again under its id, for a day. @throws NotFound, Forbidden, Conflict if it is still pending */
  async redeliver(actor: Actor, deliveryId: string): Promise<WebhookDelivery> {
    const { unitOfWork, readModel, clock } = this.deps;
    const known = isId(deliveryId) ? await readModel.findDelivery(deliveryId) : null;
    if (known === null) throw new NotFound("Delivery");
    await findWebhook(actor, known.webhookId, this.deps).catch(notFoundAs("Delivery"));
    return unitOfWork.run(async ({ webhooks, deliveries, outbox, audit }) => {
      const webhook = await webhooks.lock(known.webhookId);
      const delivery = await deliveries.lock(deliveryId);
      if (webhook === null || delivery === null) throw new NotFound("Delivery");
      requireEnabled(webhook);
      if (delivery.status === "PENDING") throw new Conflict("This delivery is still being tried");
      const now = clock();
      await deliveries.reopen(deliveryId, now);
      await outbox.add(deliverJob(delivery));
      await audit.add({
        actor,
        action: "webhook.redeliver",
        object: auditedWebhook(webhook),
        details: { deliveryId, eventId: delivery.event.id },
      });
      return { ...delivery, status: "PENDING", attempts: 0, nextAttemptAt: now, finishedAt: null };
    });
  }

  /** Sends an event of type `test`. @throws NotFound, Forbidden, Conflict if the webhook is switched off */
  async test(actor: Actor, webhookId: string): Promise<WebhookDelivery> {
    const { unitOfWork, clock } = this.deps;
    await findWebhook(actor, webhookId, this.deps);
    const id = newId();
    await unitOfWork.run(async ({ webhooks, deliveries, outbox, audit }) => {
      const webhook = await webhooks.lock(webhookId);
      if (webhook === null) throw new NotFound("Webhook");
      requireEnabled(webhook);
      const at = clock();
      const message = `A test of the webhook ${webhook.label} by ${actor.label}`;
      const event = {
        id: newId(),
        type: TEST_EVENT,
        workspaceId: webhook.workspaceId,
        deploymentId: null,
        releaseName: null,
        message,
        data: { message },
        at,
      } as const;
      await deliveries.add(webhookId, event, { id, at });
      await outbox.add(deliverJob({ webhookId, deploymentId: null }));
      await audit.add({ actor, action: "webhook.test", object: auditedWebhook(webhook) });
    });
    const delivery = await this.deps.readModel.findDelivery(id);
    if (delivery === null) throw new NotFound("Webhook");
    return delivery;
  }
}

function requireEnabled({ enabled }: Webhook): void {
  if (!enabled) throw new Conflict("The webhook is switched off");
}
