import type { Clock } from "../../../kernel/clock";
import { InvalidInput, LimitReached, NotFound } from "../../../kernel/errors";
import { newId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { EVENT_TYPES } from "../domain/notification-event";
import { secretOf } from "../domain/request-of";
import {
  auditedWebhook,
  checkedFields,
  SECRET_FIELD,
  secretPlace,
  type Webhook,
  type WebhookFields,
} from "../domain/webhook";
import { findWebhook, requirePlace, type FindWorkspace } from "./find-webhook";
import type { NotificationReadModel, NotificationStores, SecretsOf } from "./ports";

/** As Standard Webhooks recommends: 24 to 64 bytes. */
const SECRET_BYTES = 32;

export interface WebhookSettings {
  /** Whether addresses that are not public may be called. */
  readonly allowsPrivate: boolean;
  readonly maxPerPlace: number;
}

/** Creates, changes, lists and deletes webhooks. All of it takes the permission to configure the Workspace, or the system. */
export class ManageWebhooks {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<NotificationStores>;
      readonly readModel: NotificationReadModel;
      readonly findWorkspace: FindWorkspace;
      readonly secretsOf: SecretsOf;
      readonly settings: WebhookSettings;
      readonly clock: Clock;
      readonly randomBytes: (count: number) => Buffer;
    },
  ) {}

  /** Oldest first. @throws NotFound, Forbidden */
  async list(actor: Actor, workspaceId: string | null): Promise<Webhook[]> {
    await requirePlace(actor, workspaceId, this.deps.findWorkspace);
    return this.deps.readModel.ofPlace(workspaceId);
  }

  /**
   * Returns the webhook with its secret, which cannot be read again.
   * @throws NotFound, Forbidden, InvalidInput, LimitReached
   */
  async create(
    actor: Actor,
    workspaceId: string | null,
    fields: WebhookFields & { readonly url: string },
  ): Promise<{ webhook: Webhook; secret: string }> {
    const { unitOfWork, findWorkspace, secretsOf, settings, clock, randomBytes } = this.deps;
    await requirePlace(actor, workspaceId, findWorkspace);
    const id = newId();
    const at = clock();
    const secret = secretOf(randomBytes(SECRET_BYTES));
    const webhook: Webhook = {
      id,
      workspaceId,
      label: new URL(checkedFields({ url: fields.url }, settings).url ?? "").hostname,
      url: "",
      format: "CLOUDEVENTS",
      events: EVENT_TYPES,
      deploymentIds: [],
      enabled: true,
      createdAt: at,
      updatedAt: at,
      ...checkedFields(fields, settings),
      sealedSecret: secretsOf(secretPlace(id)).seal(secret, SECRET_FIELD),
    };
    requireEvents(webhook);
    await unitOfWork.run(async (stores) => {
      if (!(await stores.webhooks.lockPlace(workspaceId))) throw new NotFound("Workspace");
      if ((await stores.webhooks.count(workspaceId)) >= settings.maxPerPlace)
        throw new LimitReached(
          "There are as many webhooks as there may be; delete some",
          settings.maxPerPlace,
          "webhooks",
        );
      await requireDeployments(stores, webhook);
      await stores.webhooks.add(webhook);
      await stores.audit.add({
        actor,
        action: "webhook.create",
        object: auditedWebhook(webhook),
        details: factsOf(webhook),
      });
    });
    return { webhook, secret };
  }

  /** What is absent stays. Switching it off gives up what is pending. @throws NotFound, Forbidden, InvalidInput */
  async update(actor: Actor, id: string, fields: WebhookFields): Promise<Webhook> {
    const { unitOfWork, settings, clock } = this.deps;
    await findWebhook(actor, id, this.deps);
    const changes = checkedFields(fields, settings);
    return unitOfWork.run(async (stores) => {
      const before = await stores.webhooks.lock(id);
      if (before === null) throw new NotFound("Webhook");
      const webhook = { ...before, ...changes, updatedAt: clock() };
      requireEvents(webhook);
      await requireDeployments(stores, webhook);
      await stores.webhooks.update(webhook);
      if (before.enabled && !webhook.enabled)
        await stores.deliveries.giveUp(id, "The webhook was switched off", webhook.updatedAt);
      await stores.audit.add({
        actor,
        action: "webhook.update",
        object: auditedWebhook(webhook),
        details: factsOf(webhook),
      });
      return webhook;
    });
  }

  /** With all its deliveries. Returns it as it was. @throws NotFound, Forbidden */
  async remove(actor: Actor, id: string): Promise<Webhook> {
    await findWebhook(actor, id, this.deps);
    return this.deps.unitOfWork.run(async (stores) => {
      const webhook = await stores.webhooks.lock(id);
      if (webhook === null) throw new NotFound("Webhook");
      await stores.webhooks.remove(id);
      await stores.audit.add({ actor, action: "webhook.delete", object: auditedWebhook(webhook) });
      return webhook;
    });
  }
}

function requireEvents({ events }: Webhook): void {
  if (events.length === 0) throw new InvalidInput("events", "are none; leave them out for all of them");
}

async function requireDeployments(stores: NotificationStores, { deploymentIds, workspaceId }: Webhook): Promise<void> {
  if (deploymentIds.length === 0) return;
  const known = await stores.webhooks.knownDeployments(deploymentIds, workspaceId);
  const missing = deploymentIds.find((id) => !known.includes(id));
  if (missing !== undefined) throw new InvalidInput("deploymentUuids", `There is no Deployment ${missing} here`);
}

/** The host only: the path of a URL may hold a secret. */
const factsOf = ({ url, format, events, enabled }: Webhook) => ({
  host: new URL(url).host,
  format,
  events: events.join(" "),
  enabled,
});
