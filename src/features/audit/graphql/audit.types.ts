import { Field, ID, InputType, ObjectType } from "type-graphql";
import { ItemsOfPage } from "../../../infrastructure/graphql/declared-costs";
import type { Instant } from "../../../kernel/instant";
import { PageInfo } from "../../../infrastructure/graphql/page-info";
import { DateTime, Json, Uuid } from "../../../infrastructure/graphql/scalars";

@ObjectType({
  simpleResolvers: true,
  description: "Who did what to which object, and from where. Ids may name what is gone by now.",
})
export class AuditLine {
  @Field(() => ID, { description: "The line's id." })
  id: string;

  @Field(() => String, { description: "What was done, such as workspace.create: the type of the object and a verb." })
  action: string;

  @Field(() => String, { description: "Id of the user or service account." })
  actorId: string;

  @Field(() => String, { description: "USER, SERVICE_ACCOUNT or SYSTEM." })
  actorType: string;

  @Field(() => String, { description: "What the actor was called then." })
  actorLabel: string;

  @Field(() => String, {
    description: "user, team, service_account, workspace, deployment, deploy_revision, webhook or system.",
  })
  objectType: string;

  @Field(() => String, { nullable: true, description: "Id of the object; null for the installation itself." })
  objectId: string | null;

  @Field(() => String, { nullable: true, description: "What the object was called then." })
  objectLabel: string | null;

  @Field(() => Uuid, { nullable: true, description: "The Workspace that the object is, or belongs to." })
  workspaceUuid: string | null;

  @Field(() => Uuid, { nullable: true, description: "The Deployment that the object is, or belongs to." })
  deploymentUuid: string | null;

  @Field(() => Json, { description: "What else there is to know, such as the role that was given. Never a secret." })
  details: unknown;

  @Field(() => String, {
    nullable: true,
    description: "Of the request that did it: the header x-request-id of its answer.",
  })
  requestId: string | null;

  @Field(() => String, { nullable: true, description: "Network address of the client." })
  address: string | null;

  @Field(() => DateTime, { description: "When it was done." })
  createdAt: Instant;
}

@ObjectType({ simpleResolvers: true, description: "A page of the audit trail." })
export class AuditLineConnection {
  @ItemsOfPage()
  @Field(() => [AuditLine], { description: "The lines, newest first." })
  nodes: AuditLine[];

  @Field(() => PageInfo, { description: "Where the page begins and ends." })
  pageInfo: PageInfo;
}

@InputType({ description: "Which lines; what is given has to hold, all of it." })
export class AuditLineFilter {
  @Field(() => String, {
    nullable: true,
    description: "An action, or a part of one before a dot: workspace stands for all that is done to Workspaces.",
  })
  action?: string | null;

  @Field(() => String, { nullable: true, description: "Id of the user or service account." })
  actorId?: string | null;

  @Field(() => String, { nullable: true, description: "Id of the object." })
  objectId?: string | null;

  @Field(() => Uuid, { nullable: true, description: "Everything about this Workspace and what is in it." })
  workspaceUuid?: string | null;

  @Field(() => Uuid, { nullable: true, description: "Everything about this Deployment." })
  deploymentUuid?: string | null;

  @Field(() => String, { nullable: true, description: "Of one request." })
  requestId?: string | null;

  @Field(() => DateTime, { nullable: true, description: "At this instant or later." })
  createdAfter?: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "Before this instant." })
  createdBefore?: Instant | null;
}
