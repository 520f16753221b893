import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { ManageDeliveries } from "../app/manage-deliveries";
import type { ManageWebhooks } from "../app/manage-webhooks";
import {
  fieldsOf,
  presentDelivery,
  presentWebhook,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookInput,
} from "./webhook.types";

const FIRST = 50;
const PERMISSIONS =
  "Requires workspace.config.update there or system.workspace.update; for those of the installation system.iam.update.";

@Resolver()
export class WebhookResolver {
  constructor(private readonly deps: { readonly webhooks: ManageWebhooks; readonly deliveries: ManageDeliveries }) {}

  @MaxItems(50)
  @Query(() => [Webhook], {
    description: `The webhooks of a Workspace, or those of the installation, oldest first. ${PERMISSIONS}`,
  })
  async webhooks(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, {
      nullable: true,
      description: "The Workspace; without it those of the installation.",
    })
    workspaceId?: string | null,
  ): Promise<Webhook[]> {
    const found = await this.deps.webhooks.list(await context.actor(), workspaceId || null);
    return found.map((webhook) => presentWebhook(webhook));
  }

  @Query(() => WebhookDeliveryConnection, {
    description: `What was sent to a webhook and what waits, newest first. ${PERMISSIONS}`,
  })
  async webhookDeliveries(
    @Ctx() context: GraphqlContext,
    @Arg("webhookId", () => Uuid, { description: "Which webhook." }) webhookId: string,
    @Arg("first", () => Int, { nullable: true, defaultValue: FIRST, description: "How many, 100 at most." })
    first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the delivery that the page comes behind." })
    after?: string | null,
  ): Promise<WebhookDeliveryConnection> {
    const page = { first: first ?? FIRST, after: after || null };
    const { deliveries, hasNextPage } = await this.deps.deliveries.page(await context.actor(), webhookId, page);
    return {
      nodes: deliveries.map(presentDelivery),
      pageInfo: {
        hasNextPage,
        hasPreviousPage: page.after !== null,
        startCursor: deliveries[0]?.id ?? null,
        endCursor: deliveries.at(-1)?.id ?? null,
      },
    };
  }

  @Mutation(() => Webhook, { description: `Creates a webhook; the answer alone holds its secret. ${PERMISSIONS}` })
  async createWebhook(
    @Ctx() context: GraphqlContext,
    @Arg("url", () => String, { description: "Where to send events, https://…" }) url: string,
    @Arg("workspaceUuid", () => Uuid, {
      nullable: true,
      description: "The Workspace whose events it is told; without it those of the whole installation.",
    })
    workspaceId?: string | null,
    @Arg("input", () => WebhookInput, { nullable: true, description: "What it is told, and how." })
    input?: WebhookInput | null,
  ): Promise<Webhook> {
    const fields = { ...fieldsOf(input), url };
    const { webhook, secret } = await this.deps.webhooks.create(await context.actor(), workspaceId || null, fields);
    return presentWebhook(webhook, secret);
  }

  @Mutation(() => Webhook, { description: `Changes a webhook. ${PERMISSIONS}` })
  async updateWebhook(
    @Ctx() context: GraphqlContext,
    @Arg("webhookId", () => Uuid, { description: "Which one." }) webhookId: string,
    @Arg("url", () => String, { nullable: true, description: "Where to send events from now on." }) url?: string | null,
    @Arg("input", () => WebhookInput, { nullable: true, description: "What it is told, and how." })
    input?: WebhookInput | null,
  ): Promise<Webhook> {
    return presentWebhook(
      await this.deps.webhooks.update(await context.actor(), webhookId, { ...fieldsOf(input), url }),
    );
  }

  @Mutation(() => Webhook, {
    description: `Deletes a webhook with the log of its deliveries, and returns it as it was. ${PERMISSIONS}`,
  })
  async deleteWebhook(
    @Ctx() context: GraphqlContext,
    @Arg("webhookId", () => Uuid, { description: "Which one." }) webhookId: string,
  ): Promise<Webhook> {
    return presentWebhook(await this.deps.webhooks.remove(await context.actor(), webhookId));
  }

  @Mutation(() => WebhookDelivery, { description: `Sends an event of type test to a webhook. ${PERMISSIONS}` })
  async testWebhook(
    @Ctx() context: GraphqlContext,
    @Arg("webhookId", () => Uuid, { description: "Which one." }) webhookId: string,
  ): Promise<WebhookDelivery> {
    return presentDelivery(await this.deps.deliveries.test(await context.actor(), webhookId));
  }

  @Mutation(() => WebhookDelivery, {
    description: `Sends an event again, under the same id; CONFLICT while it is still being tried. ${PERMISSIONS}`,
  })
  async redeliverWebhook(
    @Ctx() context: GraphqlContext,
    @Arg("deliveryId", () => Uuid, { description: "Which delivery." }) deliveryId: string,
  ): Promise<WebhookDelivery> {
    return presentDelivery(await this.deps.deliveries.redeliver(await context.actor(), deliveryId));
  }
}
