import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { RevisionChangedDocument, type HistoryQuery, type LineFragment } from "../gql";
import { connectionStore, follow, socketEpochStore } from "./socket";
import { createStore, useStore } from "./store";

/** How many new lines somebody who reads further down has not been shown yet. */
export const pendingStore = createStore(0);

/** Further down than this, px, new lines wait until they are asked for: nothing moves under the reader. */
const TOP_PX = 240;
/** Several changes of one moment are asked for once. */
const GATHER_MS = 120;
/** Where nothing was ever deployed, no first message tells when the subscription listens: what changed before is asked for after this time. */
const SETTLE_MS = 1_500;

type Page = HistoryQuery["deployRevisions"];

function patchPages(queryClient: QueryClient, deploymentUuid: string, line: LineFragment): boolean {
  let known = false;
  queryClient.setQueriesData<Page>({ queryKey: ["history", deploymentUuid] }, (page) => {
    if (page === undefined) return page;
    const nodes = page.nodes.map((node) => {
      const isIt = node.id === line.id;
      known ||= isIt;
      if (isIt) return { ...node, ...line };
      return line.isCurrent && node.isCurrent ? { ...node, isCurrent: false } : node;
    });
    return { ...page, nodes };
  });
  return known;
}

/** Returns the key of a query's page: the cursor; null for the first one. */
const cursorOf = (queryKey: readonly unknown[]): unknown => queryKey[3];

/** Asks anew for all that is shown of a Deployment. The first page of its history waits while somebody reads further down. */
async function refresh(queryClient: QueryClient, deploymentUuid: string, releaseName: string): Promise<void> {
  const atTop = scrollY < TOP_PX;
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["head", releaseName] }),
    queryClient.invalidateQueries({ queryKey: ["revision"] }),
    queryClient.invalidateQueries({ queryKey: ["history-count", deploymentUuid] }),
    queryClient.invalidateQueries({
      queryKey: ["history", deploymentUuid],
      predicate: ({ queryKey }) => atTop || cursorOf(queryKey) !== null,
    }),
  ]);
}

export async function showPending(queryClient: QueryClient, deploymentUuid: string): Promise<void> {
  scrollTo({ top: 0 });
  pendingStore.set(0);
  await queryClient.invalidateQueries({ queryKey: ["history", deploymentUuid] });
}

/** Keeps everything that is shown of a Deployment up to date, over lost connections too. */
export function useLive(deploymentUuid: string | undefined, releaseName: string): void {
  const queryClient = useQueryClient();
  const epoch = useStore(socketEpochStore);
  useEffect(() => {
    if (deploymentUuid === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refreshSoon = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void refresh(queryClient, deploymentUuid, releaseName), ms);
    };
    const seen = new Set<string>();
    const unfollow = follow(RevisionChangedDocument, { deploymentUuid }, ({ deployRevisionChanged: line }) => {
      const known = patchPages(queryClient, deploymentUuid, line);
      queryClient.setQueryData(["revision", line.id], (old: object | undefined) => old && { ...old, ...line });
      if (!known && !seen.has(line.id) && scrollY >= TOP_PX) pendingStore.set(pendingStore.get() + 1);
      seen.add(line.id);
      refreshSoon(GATHER_MS);
    });
    const stopWatching = connectionStore.subscribe(() => {
      if (connectionStore.get().state !== "live") return;
      void refresh(queryClient, deploymentUuid, releaseName);
      refreshSoon(SETTLE_MS);
    });
    return () => {
      unfollow();
      stopWatching();
      clearTimeout(timer);
      pendingStore.set(0);
    };
  }, [queryClient, deploymentUuid, releaseName, epoch]);
}
