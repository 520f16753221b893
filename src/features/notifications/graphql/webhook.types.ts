import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { ItemsOfPage, MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { PageInfo } from "../../../infrastructure/graphql/page-info";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { EVENT_TYPES, type EventType } from "../domain/notification-event";
import {
  WEBHOOK_FORMATS,
  type Webhook as WebhookRecord,
  type WebhookFields,
  type WebhookFormat,
} from "../domain/webhook";
import {
  DELIVERY_STATUSES,
  type DeliveryStatus,
  type WebhookDelivery as DeliveryRecord,
} from "../domain/webhook-delivery";

const EVENTS = [
  "DEPLOY_CREATED",
  "DEPLOY_FINISHED",
  "DEPLOY_REFUSED",
  "ROLLBACK_STARTED",
  "ROLLBACK_FINISHED",
  "HOLD_CREATED",
  "HOLD_LIFTED",
] as const;
type EventName = (typeof EVENTS)[number];

const nameOf = (type: EventType): EventName => type.toUpperCase().replace(".", "_") as EventName;
const typeOf = (name: EventName): EventType => EVENT_TYPES.find((type) => nameOf(type) === name) ?? "deploy.created";

const WebhookEvent = describedEnum(EVENTS, {
  name: "WebhookEvent",
  description: "What a webhook can be told.",
  valuesConfig: {
    DEPLOY_CREATED: { description: "deploy.created: a deploy was recorded." },
    DEPLOY_FINISHED: { description: "deploy.finished: a deploy is DEPLOYED, FAILED or SUPERSEDED." },
    DEPLOY_REFUSED: { description: "deploy.refused: quarantined content, or a push that cannot be deployed." },
    ROLLBACK_STARTED: { description: "rollback.started: a rollback was recorded." },
    ROLLBACK_FINISHED: { description: "rollback.finished: a rollback is DEPLOYED, FAILED or SUPERSEDED." },
    HOLD_CREATED: { description: "hold.created: content was quarantined." },
    HOLD_LIFTED: { description: "hold.lifted: a quarantine was lifted." },
  },
});

const WebhookFormatEnum = describedEnum(WEBHOOK_FORMATS, {
  name: "WebhookFormat",
  description: "What is sent.",
  valuesConfig: {
    CLOUDEVENTS: { description: "CloudEvents 1.0 in JSON." },
    SLACK: { description: "A message for an incoming webhook of Slack." },
    TEAMS: { description: "An Adaptive Card for a Workflow of Microsoft Teams." },
  },
});

const DeliveryStatusEnum = describedEnum(DELIVERY_STATUSES, {
  name: "WebhookDeliveryStatus",
  description: "Where a delivery stands.",
  valuesConfig: {
    PENDING: { description: "It waits for its turn or for the next attempt." },
    DELIVERED: { description: "The receiver has answered with a status from 200 to 299." },
    FAILED: { description: "It was tried for a day in vain, or the webhook was switched off." },
  },
});

@ObjectType({ simpleResolvers: true, description: "Where events are sent as they happen." })
export class Webhook {
  @Field(() => ID, { description: "Its id." })
  id: string;

  @Field(() => Uuid, {
    nullable: true,
    description: "The Workspace whose events it is told; null for all of the installation.",
  })
  workspaceUuid: string | null;

  @Field(() => String, { description: "Its name." })
  label: string;

  @Field(() => String, { description: "Where the events are sent." })
  url: string;

  @Field(() => WebhookFormatEnum, { description: "What is sent." })
  format: WebhookFormat;

  @MaxItems(10)
  @Field(() => [WebhookEvent], { description: "Which events." })
  events: EventName[];

  @MaxItems(100)
  @Field(() => [Uuid], { description: "Only of these Deployments; empty for all." })
  deploymentUuids: readonly string[];

  @Field(() => Boolean, { description: "Whether events are sent." })
  enabled: boolean;

  @Field(() => String, {
    nullable: true,
    description: "The key of the signatures, whsec_…: in the answer of createWebhook only, null everywhere else.",
  })
  secret: string | null;

  @Field(() => DateTime, { description: "When it was created." })
  createdAt: Instant;

  @Field(() => DateTime, { description: "When it was last changed." })
  updatedAt: Instant;
}

@ObjectType({ simpleResolvers: true, description: "One event on its way to a webhook." })
export class WebhookDelivery {
  @Field(() => ID, { description: "Its id, for redeliverWebhook." })
  id: string;

  @Field(() => ID, { description: "The event's id, which every attempt carries as webhook-id." })
  eventId: string;

  @Field(() => String, { description: "Type of the event, such as deploy.finished." })
  eventType: string;

  @Field(() => String, { description: "The event in one sentence." })
  message: string;

  @Field(() => Uuid, { nullable: true, description: "The Deployment; null for a test." })
  deploymentUuid: string | null;

  @Field(() => DeliveryStatusEnum, { description: "Where it stands." })
  status: DeliveryStatus;

  @Field(() => Int, { description: "How often it was tried, since it was last asked for." })
  attempts: number;

  @Field(() => Int, { nullable: true, description: "HTTP status of the last answer; null where none came." })
  responseStatus: number | null;

  @Field(() => String, { nullable: true, description: "Why the last attempt failed." })
  error: string | null;

  @Field(() => DateTime, { description: "When the event happened." })
  createdAt: Instant;

  @Field(() => DateTime, {
    nullable: true,
    description: "When it is tried next, at the earliest; null once it has ended.",
  })
  nextAttemptAt: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "When it ended." })
  finishedAt: Instant | null;
}

@ObjectType({ simpleResolvers: true, description: "A page of deliveries." })
export class WebhookDeliveryConnection {
  @ItemsOfPage()
  @Field(() => [WebhookDelivery], { description: "The deliveries, newest first." })
  nodes: WebhookDelivery[];

  @Field(() => PageInfo, { description: "Where the page begins and ends." })
  pageInfo: PageInfo;
}

@InputType({ description: "What a webhook is told, and how. What is absent or null stays as it is." })
export class WebhookInput {
  @Field(() => String, { nullable: true, description: "Its name, 1 to 190 characters; the URL's host without it." })
  label?: string | null;

  @Field(() => WebhookFormatEnum, { nullable: true, description: "What is sent; CLOUDEVENTS without it." })
  format?: WebhookFormat | null;

  @Field(() => [WebhookEvent], { nullable: true, description: "Which events; all of them without it." })
  events?: EventName[] | null;

  @Field(() => [Uuid], { nullable: true, description: "Only of these Deployments, 100 at most; empty for all." })
  deploymentUuids?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "False switches it off, and gives up what is pending." })
  enabled?: boolean | null;
}

export const fieldsOf = (input: WebhookInput | null | undefined): WebhookFields => ({
  label: input?.label,
  format: input?.format,
  events: input?.events?.map(typeOf),
  deploymentIds: input?.deploymentUuids,
  enabled: input?.enabled,
});

export const presentWebhook = (webhook: WebhookRecord, secret: string | null = null): Webhook => {
  const {
    id,
    workspaceId: workspaceUuid,
    label,
    url,
    format,
    events,
    deploymentIds,
    enabled,
    createdAt,
    updatedAt,
  } = webhook;
  return {
    id,
    workspaceUuid,
    label,
    url,
    format,
    events: events.map(nameOf),
    deploymentUuids: deploymentIds,
    enabled,
    secret,
    createdAt,
    updatedAt,
  };
};

export const presentDelivery = (delivery: DeliveryRecord): WebhookDelivery => {
  const { id, event, deploymentId, status, attempts, responseStatus, error, createdAt, nextAttemptAt, finishedAt } =
    delivery;
  return {
    id,
    eventId: event.id,
    eventType: event.type,
    message: event.message,
    deploymentUuid: deploymentId,
    status,
    attempts,
    responseStatus,
    error,
    createdAt,
    nextAttemptAt: status === "PENDING" ? nextAttemptAt : null,
    finishedAt,
  };
};
