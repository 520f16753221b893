import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from "type-graphql";
import { Cost, ItemsOfPage } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { encodeCursor } from "../domain/cursor";
import type { HistoryQueries } from "../app/history-queries";
import { DeployRevision, presentRevision } from "./deploy.types";
import {
  DeployRevisionConnection,
  DeployRevisionEdge,
  DeployRevisionFilter,
  PaginatedDeployRevisions,
} from "./history.types";
import { connection, DEFAULT_FIRST, FILTER_COSTS, pageProperties, readFilter } from "./history.args";
import { revisionProperties } from "./revision-properties";

/** Counting reads the whole history. */
const COUNT_COST = 50;

@Resolver()
export class DeployRevisionsResolver {
  constructor(private readonly queries: HistoryQueries) {}

  @Cost(1, FILTER_COSTS)
  @Query(() => DeployRevisionConnection, {
    description: "The deploy history of a Deployment, newest first. Requires deployment.deployRevisions.get.",
  })
  async deployRevisions(
    @Ctx() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
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
      deploymentId,
      first: first ?? DEFAULT_FIRST,
      after: after || undefined,
      last: last ?? undefined,
      before: before || undefined,
      filter: readFilter(filter),
      properties: pageProperties(info),
    };
    return connection(await this.queries.page(await context.actor(), query), query, this.queries);
  }

  @Cost(1, FILTER_COSTS)
  @Query(() => PaginatedDeployRevisions, {
    description:
      "The deploy history of a Deployment, newest first, by page number. Requires deployment.deployRevisions.get.",
  })
  async paginatedDeployRevisions(
    @Ctx() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("take", () => Int, {
      nullable: true,
      defaultValue: DEFAULT_FIRST,
      description: "How many; capped by deployments.pagination.deployRevision.maxTake.",
    })
    take: number | null,
    @Arg("pageNumber", () => Int, { nullable: true, description: "Counts from 0." }) pageNumber?: number | null,
    @Arg("cursor", () => Uuid, {
      nullable: true,
      description: "A revision that the page starts behind, itself left out.",
    })
    cursor?: string | null,
    @Arg("filter", () => DeployRevisionFilter, { nullable: true, description: "Which of them." })
    filter?: DeployRevisionFilter | null,
  ): Promise<PaginatedDeployRevisions> {
    const read = readFilter(filter);
    const page = await this.queries.numberedPage(await context.actor(), {
      deploymentId,
      take: take ?? DEFAULT_FIRST,
      pageNumber: pageNumber ?? 0,
      cursor: cursor || undefined,
      filter: read,
      properties: revisionProperties(info, "deployRevisions"),
    });
    return {
      deployRevisions: page.revisions.map(presentRevision),
      countAll: () => this.queries.count(deploymentId, read),
    };
  }

  @Query(() => DeployRevision, {
    nullable: true,
    description: "One revision. Requires deployment.deployRevisions.get on its Deployment.",
  })
  async deployRevision(
    @Ctx() context: GraphqlContext,
    @Arg("id", () => Uuid, { description: "Which one." }) id: string,
  ): Promise<DeployRevision> {
    return presentRevision(await this.queries.find(await context.actor(), id));
  }

  @Query(() => DeployRevision, {
    nullable: true,
    description:
      "What a Deployment ran at an instant. Null before its first deploy, and where the history of that time was cleaned up. Requires deployment.deployRevisions.get.",
  })
  async deployRevisionAt(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("at", () => DateTime, { description: "The instant; one to come answers what runs now." }) at: Instant,
  ): Promise<DeployRevision | null> {
    const revision = await this.queries.at(await context.actor(), deploymentId, at);
    return revision && presentRevision(revision);
  }
}

@Resolver(() => DeployRevisionConnection)
export class ConnectionResolver {
  @ItemsOfPage()
  @FieldResolver(() => [DeployRevisionEdge], { description: "The revisions with their cursors." })
  edges(@Root() { nodes }: DeployRevisionConnection): DeployRevisionEdge[] {
    return nodes.map((node) => ({ cursor: encodeCursor(node.number, node.id), node }));
  }

  @Cost(COUNT_COST)
  @FieldResolver(() => Int, { description: "How many match the filter; counted only where it is asked for." })
  totalCount(@Root() { count }: DeployRevisionConnection): Promise<number> {
    return count();
  }
}

@Resolver(() => PaginatedDeployRevisions)
export class PaginatedResolver {
  @Cost(COUNT_COST)
  @FieldResolver(() => Int, { description: "How many match the filter, on all pages together." })
  count(@Root() { countAll }: PaginatedDeployRevisions): Promise<number> {
    return countAll();
  }
}
