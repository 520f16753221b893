import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Field, FieldResolver, Info, Int, ObjectType, Resolver, Root } from "type-graphql";
import { Deployment } from "../../deployments/graphql";
import { can, deploymentScope } from "../../../kernel/permissions";
import { Cost } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { HistoryQueries } from "../app/history-queries";
import type { RevisionView } from "../app/ports";
import { imageReference } from "../domain/deploy-revision";
import { READ_HISTORY } from "../domain/permissions";
import type { DeployLoaders } from "./deploy.loaders";
import { DeployRevision, presentRevision } from "./deploy.types";
import { DeployRevisionConnection, DeployRevisionFilter } from "./history.types";
import { connection, DEFAULT_FIRST, FILTER_COSTS, pageProperties, readFilter } from "./history.args";

@ObjectType({
  simpleResolvers: true,
  description: "Image tags of a Deployment: the one that runs and the one to push next.",
})
export class DeployInfo {
  @Field(() => String, {
    nullable: true,
    description: "The tag that runs, or the digest where the image has no tag; null before the first deploy.",
  })
  current: string | null;

  @Field(() => String, { nullable: true, description: "The tag to push next; never taken twice." })
  nextCli: string | null;
}

/** What a Deployment tells of its deploys. */
@Resolver(() => Deployment)
export class DeploymentHistoryResolver {
  constructor(
    private readonly deps: {
      readonly queries: HistoryQueries;
      readonly loaders: (context: GraphqlContext) => DeployLoaders;
      readonly tagPrefix: string;
    },
  ) {}

  @FieldResolver(() => String, { nullable: true, description: "The image that runs; null before the first deploy." })
  async image(@Root() deployment: Deployment, @Ctx() context: GraphqlContext): Promise<string | null> {
    const current = await this.current(deployment, context);
    return current && imageReference(current);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "active, deploying while a deploy is under way, or failed if the newest rollout failed.",
  })
  async status(@Root() deployment: Deployment, @Ctx() context: GraphqlContext): Promise<string> {
    const { headRevisionId } = deployment.record;
    const head = headRevisionId === null ? null : await this.deps.loaders(context).revisions.load(headRevisionId);
    if (head?.status === "INITIALIZED") return "deploying";
    return head?.status === "FAILED" ? "failed" : "active";
  }

  @FieldResolver(() => DeployInfo, {
    nullable: true,
    description: "Image tags, as the command-line client wants them.",
  })
  async deployInfo(@Root() deployment: Deployment, @Ctx() context: GraphqlContext): Promise<DeployInfo> {
    const current = await this.current(deployment, context);
    return {
      current: current?.imageTag ?? current?.imageDigest ?? null,
      nextCli: `${this.deps.tagPrefix}-${deployment.record.lastRevisionNumber + 1}`,
    };
  }

  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description: "The revision that runs; null before the first deploy, or without deployment.deployRevisions.get.",
  })
  async currentRevision(
    @Root() deployment: Deployment,
    @Ctx() context: GraphqlContext,
  ): Promise<DeployRevision | null> {
    if (!can(await context.actor(), READ_HISTORY, deploymentScope(deployment.record))) return null;
    const current = await this.current(deployment, context);
    return current && presentRevision(current);
  }

  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description:
      "The newest revision, whatever became of it; null before the first deploy, or without deployment.deployRevisions.get.",
  })
  async latestRevision(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<DeployRevision | null> {
    if (!can(await context.actor(), READ_HISTORY, deploymentScope(record))) return null;
    const { headRevisionId } = record;
    const head = headRevisionId === null ? null : await this.deps.loaders(context).revisions.load(headRevisionId);
    return head && presentRevision(head);
  }

  @Cost(1, FILTER_COSTS)
  @FieldResolver(() => DeployRevisionConnection, {
    description: "Its deploy history, newest first. Requires deployment.deployRevisions.get.",
  })
  async deployRevisions(
    @Root() { id }: Deployment,
    @Ctx() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("first", () => Int, {
      nullable: true,
      defaultValue: DEFAULT_FIRST,
      description: "How many; capped by deployments.pagination.deployRevision.maxTake.",
    })
    first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the line that the page comes behind." })
    after?: string | null,
    @Arg("filter", () => DeployRevisionFilter, { nullable: true, description: "Which of them." })
    filter?: DeployRevisionFilter | null,
    @Arg("last", () => Int, {
      nullable: true,
      description: "In place of first: how many directly before the cursor, or of the oldest; capped as first is.",
    })
    last?: number | null,
    @Arg("before", () => String, {
      nullable: true,
      description: "With last: cursor of the line that the page ends before, with what is newer.",
    })
    before?: string | null,
  ): Promise<DeployRevisionConnection> {
    const query = {
      deploymentId: id,
      first: first ?? DEFAULT_FIRST,
      after: after || undefined,
      last: last ?? undefined,
      before: before || undefined,
      filter: readFilter(filter),
      properties: pageProperties(info),
    };
    return connection(await this.deps.queries.page(await context.actor(), query), query, this.deps.queries);
  }

  private async current({ record }: Deployment, context: GraphqlContext): Promise<RevisionView | null> {
    return record.currentRevisionId === null
      ? null
      : this.deps.loaders(context).revisions.load(record.currentRevisionId);
  }
}
