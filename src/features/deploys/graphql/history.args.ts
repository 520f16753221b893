import type { GraphQLResolveInfo } from "graphql";
import { encodeCursor } from "../domain/cursor";
import type { HistoryQueries } from "../app/history-queries";
import type { RevisionFilter, RevisionPage } from "../app/ports";
import { presentRevision, type DeployRevision } from "./deploy.types";
import { type DeployRevisionConnection, type DeployRevisionFilter } from "./history.types";
import { revisionProperties } from "./revision-properties";

/** Revisions of a page, where the caller does not say. */
export const DEFAULT_FIRST = 20;
/** A filter may find little in a long history, and a far page number walks over all pages before it. */
export const FILTER_COSTS = { filter: 100, pageNumber: 50 };

/** What a page of a connection is read with. */
export const pageProperties = (info: GraphQLResolveInfo) => revisionProperties(info, "nodes", "edges.node");

/** Absent, null and empty lists of a filter match everything. */
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
    commit: filter?.commit?.trim() || undefined,
    branch: filter?.branch?.trim().normalize("NFC") || undefined,
  };
}

export function connection(
  page: RevisionPage,
  query: {
    readonly deploymentId: string;
    readonly after: string | undefined;
    readonly last?: number | undefined;
    readonly before?: string | undefined;
    readonly filter: RevisionFilter;
  },
  queries: HistoryQueries,
): DeployRevisionConnection {
  const nodes = page.revisions.map(presentRevision);
  const cursorOf = (node: DeployRevision | undefined): string | null =>
    node === undefined ? null : encodeCursor(node.number, node.id);
  return {
    nodes,
    pageInfo: {
      hasNextPage: query.last === undefined ? page.hasNextPage : query.before !== undefined,
      hasPreviousPage: query.last === undefined ? query.after !== undefined : page.hasNextPage,
      startCursor: cursorOf(nodes[0]),
      endCursor: cursorOf(nodes.at(-1)),
    },
    count: () => queries.count(query.deploymentId, query.filter),
  };
}
