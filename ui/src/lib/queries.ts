import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  ActivityDocument,
  DeploymentHeadDocument,
  DeploymentVariablesDocument,
  FileDiffDocument,
  HistoryCountDocument,
  HistoryDocument,
  HoldsDocument,
  PlanDocument,
  RevisionDetailsDocument,
  RollbackConfigDocument,
  SelfDocument,
  type DeploymentHeadQuery,
  type DeployRevisionFilter,
} from "../gql";
import { ask, RequestFailed } from "./ask";
import type { ActivityLine } from "./activity";
import { LAST_KNOWN_GOOD } from "./search";

export type Head = NonNullable<DeploymentHeadQuery["deployment"]>;

/** Lines of a page of the history. */
export const PAGE = 50;
/** How long a page that is off the screen stays. */
const PAGE_GC_MS = 30_000;
/** Without news over the socket. */
const HEAD_REFETCH_MS = 30_000;

export const selfQuery = queryOptions({
  queryKey: ["self"],
  queryFn: async ({ signal }) => (await ask(SelfDocument, {}, signal)).self ?? null,
  staleTime: 300_000,
});

/** @throws RequestFailed with NOT_FOUND where there is none, or none that the caller may see */
export const headQuery = (releaseName: string) =>
  queryOptions({
    queryKey: ["head", releaseName],
    queryFn: async ({ signal }): Promise<Head> => {
      const { deployment } = await ask(DeploymentHeadDocument, { releaseName }, signal);
      if (deployment == null) throw new RequestFailed("Deployment not found", "NOT_FOUND");
      return deployment;
    },
    refetchInterval: HEAD_REFETCH_MS,
  });

export const historyQuery = (deploymentUuid: string, filter: DeployRevisionFilter | null, after: string | null) =>
  queryOptions({
    queryKey: ["history", deploymentUuid, filter, after],
    queryFn: async ({ signal }) =>
      (await ask(HistoryDocument, { deploymentUuid, first: PAGE, after, filter }, signal)).deployRevisions,
    gcTime: PAGE_GC_MS,
  });

export const countQuery = (deploymentUuid: string, filter: DeployRevisionFilter | null) =>
  queryOptions({
    queryKey: ["history-count", deploymentUuid, filter],
    queryFn: async ({ signal }) =>
      (await ask(HistoryCountDocument, { deploymentUuid, filter }, signal)).deployRevisions.totalCount,
    placeholderData: keepPreviousData,
  });

export const revisionQuery = (id: string) =>
  queryOptions({
    queryKey: ["revision", id],
    queryFn: async ({ signal }) => {
      const { deployRevision } = await ask(RevisionDetailsDocument, { id }, signal);
      if (deployRevision == null) throw new RequestFailed("Deploy not found", "NOT_FOUND");
      return deployRevision;
    },
  });

/** @param target as in the address: an id, a number, or LAST_KNOWN_GOOD */
function targetOf(target: string): { deployRevisionId: string | null; deployRevisionNumber: number | null } {
  const isNumber = /^\d+$/.test(target);
  return {
    deployRevisionId: isNumber || target === LAST_KNOWN_GOOD ? null : target,
    deployRevisionNumber: isNumber ? Number(target) : null,
  };
}

/** A plan holds for one moment, so it is asked anew whenever it is opened. */
export const planQuery = (deploymentUuid: string, target: string) =>
  queryOptions({
    queryKey: ["plan", deploymentUuid, target],
    queryFn: async ({ signal }) =>
      (await ask(PlanDocument, { deploymentUuid, ...targetOf(target) }, signal)).rollbackPlan,
    gcTime: 0,
    staleTime: 0,
  });

export const fileDiffQuery = (from: string, to: string, path: string) =>
  queryOptions({
    queryKey: ["file-diff", from, to, path],
    queryFn: async ({ signal }) => (await ask(FileDiffDocument, { from, to, path }, signal)).dagFileDiff,
    staleTime: Infinity,
  });

export const variablesQuery = (deploymentUuid: string) =>
  queryOptions({
    queryKey: ["variables", deploymentUuid],
    queryFn: async ({ signal }) =>
      (await ask(DeploymentVariablesDocument, { deploymentUuid }, signal)).deploymentVariables ?? [],
  });

/** What must not be deployed again, newest first. */
export const holdsQuery = (deploymentUuid: string) =>
  queryOptions({
    queryKey: ["holds", deploymentUuid],
    queryFn: async ({ signal }) => (await ask(HoldsDocument, { deploymentUuid }, signal)).deployment?.quarantines ?? [],
  });

/** How many days back rollbacks reach; undefined where the installation does not say. */
export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: async ({ signal }) =>
    (await ask(RollbackConfigDocument, {}, signal)).appConfig?.deployRollback.retentionDays ?? null,
  staleTime: 300_000,
});

/** More are not drawn in the timeline. */
export const MAX_ACTIVITY = 1_000;

/** All deploys since a day, without what they hold; the newest only where there are too many. @param since such as 2026-11-07 */
export const activityQuery = (deploymentUuid: string, since: string) =>
  queryOptions({
    queryKey: ["activity", deploymentUuid, since],
    queryFn: async ({ signal }): Promise<{ lines: readonly ActivityLine[]; isCut: boolean }> => {
      const filter = { createdAfter: new Date(`${since}T00:00:00`).toISOString() };
      const lines: ActivityLine[] = [];
      for (let after: string | null = null; ;) {
        const variables: { deploymentUuid: string; after: string | null; filter: DeployRevisionFilter } = {
          deploymentUuid,
          after,
          filter,
        };
        const { deployRevisions } = await ask(ActivityDocument, variables, signal);
        lines.push(...deployRevisions.nodes);
        after = deployRevisions.pageInfo.endCursor;
        if (!deployRevisions.pageInfo.hasNextPage || after === null) return { lines, isCut: false };
        if (lines.length >= MAX_ACTIVITY) return { lines, isCut: true };
      }
    },
    staleTime: 60_000,
  });
