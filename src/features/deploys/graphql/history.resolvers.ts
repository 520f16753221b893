import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from "type-graphql";
import type { BundleState, DagBundle as StoredBundle } from "../../bundles";
import { DagBundle, DagFileDiff } from "../../bundles/graphql";
import { Deployment, presentDeployment, type DeploymentLoaders } from "../../deployments/graphql";
import { Cost, ItemsOfPage } from "../../../infrastructure/graphql/declared-costs";
import { encodeCursor } from "../domain/cursor";
import { NotFound } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { HistoryQueries } from "../app/history-queries";
import type { RevisionFilter, RevisionPage } from "../app/ports";
import type { DeployLoaders } from "./deploy.loaders";
import {
  DeployRevision,
  DeployRevisionConnection,
  DeployRevisionEdge,
  DeployRevisionFilter,
  PaginatedDeployRevisions,
  presentRevision,
} from "./deploy.types";
import { revisionProperties } from "./revision-properties";
import { RollbackEligibility } from "./rollback.types";

const FIRST = 20;
/** A filter may find little in a long history, and a far page number walks over all pages before it. */
export const FILTER_COSTS = { filter: 100, pageNumber: 50 };
/** Counting reads the whole history. */
const COUNT_COST = 50;

@Resolver()
export class HistoryQueryResolver {
  constructor(private readonly queries: HistoryQueries) {}

  @Cost(1, FILTER_COSTS)
  @Query(() => DeployRevisionConnection, {
    description: "The deploy history of a Deployment, newest first. Takes deployment.deployRevisions.get.",
  })
  async deployRevisions(
    @Ctx() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("first", () => Int, {
      nullable: true,
      defaultValue: FIRST,
      description: "How many; capped by deployments.pagination.deployRevision.maxTake.",
    })
    first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the line that the page comes behind." })
    after?: string | null,
    @Arg("filter", () => DeployRevisionFilter, { nullable: true, description: "Which of them." })
    filter?: DeployRevisionFilter | null,
  ): Promise<DeployRevisionConnection> {
    const query = {
      deploymentId,
      first: first ?? FIRST,
      after: after || undefined,
      filter: readFilter(filter),
      properties: pageProperties(info),
    };
    return connection(await this.queries.page(await context.actor(), query), query, this.queries);
  }

  @Cost(1, FILTER_COSTS)
  @Query(() => PaginatedDeployRevisions, {
    description:
      "The deploy history of a Deployment, newest first, by page number. Takes deployment.deployRevisions.get.",
  })
  async paginatedDeployRevisions(
    @Ctx() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("take", () => Int, {
      nullable: true,
      defaultValue: FIRST,
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
      take: take ?? FIRST,
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
    description: "One revision. Takes deployment.deployRevisions.get on its Deployment.",
  })
  async deployRevision(
    @Ctx() context: GraphqlContext,
    @Arg("id", () => Uuid, { description: "Which one." }) id: string,
  ): Promise<DeployRevision> {
    return presentRevision(await this.queries.find(await context.actor(), id));
  }
}

@Resolver()
export class DagFileResolver {
  constructor(private readonly queries: HistoryQueries) {}

  @Cost(1_000)
  @Query(() => DagFileDiff, {
    nullable: true,
    description:
      "One DAG file of two revisions of a Deployment, line by line; null where neither has it. Takes deployment.deployRevisions.get.",
  })
  async dagFileDiff(
    @Ctx() context: GraphqlContext,
    @Arg("fromDeployRevisionId", () => Uuid, { description: "The revision to start from." }) fromId: string,
    @Arg("toDeployRevisionId", () => Uuid, { description: "The revision to compare it with, of the same Deployment." })
    toId: string,
    @Arg("path", () => String, { description: "The file's path below the DAG folder, as in rollbackPlan.dags." })
    path: string,
  ): Promise<DagFileDiff | null> {
    return this.queries.dagFile(await context.actor(), { fromId, toId, path });
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

@Resolver(() => DeployRevision)
export class DeployRevisionResolver {
  constructor(
    private readonly deps: {
      readonly queries: HistoryQueries;
      /**
       * Whether a bundle is stored, as far as can be told without reading it; null while it cannot, or where nobody
       * wants to know.
       */
      readonly glance: (bundle: StoredBundle) => Promise<BundleState | null>;
      readonly loaders: (context: GraphqlContext) => DeployLoaders;
      readonly deploymentLoaders: (context: GraphqlContext) => DeploymentLoaders;
    },
  ) {}

  @FieldResolver(() => Deployment, { description: "The Deployment whose history it belongs to." })
  async deployment(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<Deployment> {
    const deployment = await this.deps.deploymentLoaders(context).deployments.load(record.deploymentId);
    if (deployment === null) throw new NotFound("Deployment");
    return presentDeployment(deployment);
  }

  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description: "On a rollback: the revision whose content it restored; null once that line was cleaned up.",
  })
  async rollbackFrom(
    @Root() { rollbackFromId }: DeployRevision,
    @Ctx() context: GraphqlContext,
  ): Promise<DeployRevision | null> {
    const revision = rollbackFromId === null ? null : await this.deps.loaders(context).revisions.load(rollbackFromId);
    return revision && presentRevision(revision);
  }

  @FieldResolver(() => DagBundle, {
    nullable: true,
    description: "The DAG bundle that is live with it; null where DAGs come from the image.",
  })
  dagBundle(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<DagBundle | null> | null {
    return record.dagTarballVersion === null ? null : this.deps.loaders(context).bundles.load(record);
  }

  @FieldResolver(() => RollbackEligibility, {
    description: "Whether the caller could roll back to it now, and if not, why: by the rules of rollbackDeploy.",
  })
  async rollback(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<RollbackEligibility> {
    const [actor, state] = await Promise.all([
      context.actor(),
      this.deps.loaders(context).historyStates.load(record.deploymentId),
    ]);
    if (state === null) throw new NotFound("Deployment");
    const bundle = record.dagTarballVersion === null ? null : await this.deps.loaders(context).bundles.load(record);
    const bundleState = bundle && (await this.deps.glance(bundle));
    const { blockers, warnings } = this.deps.queries.assess(actor, state, record, { bundle: bundleState, image: null });
    return { allowed: blockers.length === 0, blockers, warnings };
  }
}

/** What a page of a connection has to hold. */
export const pageProperties = (info: GraphQLResolveInfo) => revisionProperties(info, "nodes", "edges.node");

/** Absent, null and empty lists of a filter all mean “any”. */
export function readFilter(filter: DeployRevisionFilter | null | undefined): RevisionFilter {
  const some = <T>(list: readonly T[] | null | undefined): readonly T[] | undefined =>
    list?.length ? list : undefined;
  return {
    createdAfter: filter?.createdAfter ?? undefined,
    createdBefore: filter?.createdBefore ?? undefined,
    types: some(filter?.types),
    statuses: some(filter?.statuses),
    triggers: some(filter?.triggers),
    createdById: filter?.createdById || undefined,
    rollbacksOnly: filter?.rollbacksOnly ?? undefined,
    search: filter?.search?.trim() || undefined,
  };
}

export function connection(
  page: RevisionPage,
  query: { readonly deploymentId: string; readonly after: string | undefined; readonly filter: RevisionFilter },
  queries: HistoryQueries,
): DeployRevisionConnection {
  const nodes = page.revisions.map(presentRevision);
  const cursorOf = (node: DeployRevision | undefined): string | null =>
    node === undefined ? null : encodeCursor(node.number, node.id);
  return {
    nodes,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: query.after !== undefined,
      startCursor: cursorOf(nodes[0]),
      endCursor: cursorOf(nodes.at(-1)),
    },
    count: () => queries.count(query.deploymentId, query.filter),
  };
}
