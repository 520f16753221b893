import { Field, ID, InputType, ObjectType } from "type-graphql";
import { ItemsOfPage } from "../../../infrastructure/graphql/declared-costs";
import { PageInfo } from "../../../infrastructure/graphql/page-info";
import { DateTime } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import type {
  DeployStatus as DeployStatusName,
  DeployTrigger as DeployTriggerName,
  DeployType as DeployTypeName,
} from "../domain/deploy-revision";
import { DeployRevision, DeployStatus, DeployTrigger, DeployType } from "./deploy.types";

@InputType({ description: "Which revisions of the history to answer; all conditions have to hold." })
export class DeployRevisionFilter {
  @Field(() => DateTime, { nullable: true, description: "Only later ones." })
  createdAfter?: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "Only earlier ones." })
  createdBefore?: Instant | null;

  @Field(() => [DeployType], { nullable: true, description: "Only of these types." })
  types?: DeployTypeName[] | null;

  @Field(() => [DeployStatus], { nullable: true, description: "Only in these statuses." })
  statuses?: DeployStatusName[] | null;

  @Field(() => [DeployTrigger], { nullable: true, description: "Only by these triggers." })
  triggers?: DeployTriggerName[] | null;

  @Field(() => ID, { nullable: true, description: "Only by this user or service account." })
  createdById?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Only rollbacks." })
  rollbacksOnly?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "Part of the description, the image tag or the DAG bundle's version, in either case.",
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: "How the commit of its source begins, in either case." })
  commit?: string | null;

  @Field(() => String, { nullable: true, description: "The branch of its source." })
  branch?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A revision, and its place in the list." })
export class DeployRevisionEdge {
  @Field(() => String, { description: "To ask for what comes behind it." })
  cursor: string;

  @Field(() => DeployRevision, { description: "The revision." })
  node: DeployRevision;
}

@ObjectType({ description: "A page of the deploy history, newest first." })
export class DeployRevisionConnection {
  @ItemsOfPage()
  @Field(() => [DeployRevision], { simple: true, description: "The revisions." })
  nodes: DeployRevision[];

  @Field(() => PageInfo, { simple: true, description: "Where the page begins and ends." })
  pageInfo: PageInfo;

  count: () => Promise<number>;
}

@ObjectType({ description: "A page of the deploy history in the manner of the other paginated queries, newest first." })
export class PaginatedDeployRevisions {
  @ItemsOfPage()
  @Field(() => [DeployRevision], { simple: true, description: "The revisions of the page." })
  deployRevisions: DeployRevision[];

  countAll: () => Promise<number>;
}
