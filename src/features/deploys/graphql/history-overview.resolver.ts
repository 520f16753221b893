import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { Deployment } from "../../deployments/graphql";
import { Cost, MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { can, deploymentScope } from "../../../kernel/permissions";
import type { HistoryOverview } from "../app/history-overview";
import { hasSameImage } from "../domain/deploy-revision";
import { READ_HISTORY } from "../domain/permissions";
import type { DeployLoaders } from "./deploy.loaders";
import { DeployRevision, presentRevision } from "./deploy.types";
import { readFilter } from "./history.args";
import { DeployRevisionFilter } from "./history.types";
import { DeployActivity, DeployActor, DeployChanges } from "./history-overview.types";

const DEFAULT_BUCKETS = 90;
/** Reads the whole history of a Deployment. */
const WHOLE_HISTORY_COST = 100;

@Resolver()
export class HistoryOverviewResolver {
  constructor(private readonly overview: HistoryOverview) {}

  @Cost(WHOLE_HISTORY_COST)
  @MaxItems(DEFAULT_BUCKETS)
  @Query(() => [DeployActivity], {
    description:
      "How many deploys of a Deployment were recorded, in equal spans of time, the oldest first. Requires deployment.deployRevisions.get.",
  })
  async deployActivity(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("from", () => DateTime, { description: "From this instant on." }) from: Instant,
    @Arg("to", () => DateTime, { description: "Before this instant." }) to: Instant,
    @Arg("buckets", () => Int, {
      nullable: true,
      defaultValue: DEFAULT_BUCKETS,
      description: "How many spans, 1 to 400; none is shorter than a millisecond.",
    })
    buckets: number | null,
    @Arg("filter", () => DeployRevisionFilter, { nullable: true, description: "Which deploys to count." })
    filter?: DeployRevisionFilter | null,
  ): Promise<DeployActivity[]> {
    const query = { deploymentId, from, to, buckets: buckets ?? DEFAULT_BUCKETS, filter: readFilter(filter) };
    return this.overview.activity(await context.actor(), query);
  }

  @Cost(WHOLE_HISTORY_COST)
  @MaxItems(100)
  @Query(() => [DeployActor], {
    description:
      "Who deployed to a Deployment, the last one first, 100 at most. Requires deployment.deployRevisions.get.",
  })
  async deployActors(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
  ): Promise<DeployActor[]> {
    const found = await this.overview.actors(await context.actor(), deploymentId);
    return found.map(({ actorId: id, actorType: type, actorLabel: label, count, lastAt }) => ({
      actor: { id, type, label },
      count,
      lastAt,
    }));
  }
}

/** What the others of the history say about a revision. */
@Resolver(() => DeployRevision)
export class RevisionNeighboursResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => DeployLoaders) {}

  @Cost(2)
  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description: "What ran before it: the newest revision before it that rolled out; null for the first.",
  })
  async previous(@Root() { id }: DeployRevision, @Ctx() context: GraphqlContext): Promise<DeployRevision | null> {
    const found = await this.loaders(context).previous.load(id);
    return found && presentRevision(found);
  }

  @Cost(2)
  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description: "Of a revision that ran: the rollback that went back to one before it; null where none did.",
  })
  async leftBehindBy(@Root() { id }: DeployRevision, @Ctx() context: GraphqlContext): Promise<DeployRevision | null> {
    const found = await this.loaders(context).leftBehindBy.load(id);
    return found && presentRevision(found);
  }

  @Cost(10)
  @FieldResolver(() => DeployChanges, {
    nullable: true,
    description: "What it changes of what ran before it; null for the first.",
  })
  async changes(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<DeployChanges | null> {
    const { previous, dagCounts } = this.loaders(context);
    const before = await previous.load(record.id);
    if (before === null) return null;
    return {
      image: !hasSameImage(before, record),
      version: before.runtimeVersion !== record.runtimeVersion || before.airflowVersion !== record.airflowVersion,
      dagBundle: before.dagTarballVersion !== record.dagTarballVersion,
      dags: await dagCounts.load([before, record]),
    };
  }
}

@Resolver(() => Deployment)
export class UsualDurationResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => DeployLoaders) {}

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "How many seconds a deploy usually takes: the median of the newest ten that rolled out. Null if none did, or without deployment.deployRevisions.get.",
  })
  async usualDeploySeconds(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<number | null> {
    if (!can(await context.actor(), READ_HISTORY, deploymentScope(record))) return null;
    return this.loaders(context).usualSeconds.load(record.id);
  }
}
