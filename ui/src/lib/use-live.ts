import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { RevisionChangedDocument, type HistoryQuery, type LineFragment } from "../gql";
import { headQuery } from "./queries";
import { connectionStore, follow, socketEpochStore } from "./socket";
import { createStore, useStore } from "./store";

/** How many new lines somebody who reads further down has not been shown yet. */
export const pendingStore = createStore(0);

/** Further down than this, px, new lines wait until they are asked for: nothing moves under the reader. */
const TOP_PX = 240;
/** Several changes of one moment are asked for once. */
const GATHER_MS = 120;
/** Where nothing was ever deployed, no first message comes: what was deployed before the subscription listens is asked for after this time. */
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
export async function askAnew(queryClient: QueryClient, deploymentUuid: string, releaseName: string): Promise<void> {
  const atTop = scrollY < TOP_PX;
  await Promise.all([
    ...[
      ["head", releaseName],
      ["revision"],
      ["holds", deploymentUuid],
      ["activity", deploymentUuid],
      ["history-count", deploymentUuid],
    ].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
    queryClient.invalidateQueries({
      queryKey: ["history", deploymentUuid],
      predicate: ({ queryKey }) => atTop || cursorOf(queryKey) !== null,
    }),
  ]);
}

const isSame = (a: LineFragment, b: LineFragment): boolean =>
  a.id === b.id && a.status === b.status && a.updatedAt === b.updatedAt && a.isCurrent === b.isCurrent;

/**
 * Whether the page shows a line as it is, at the head and on top of the history: then nothing has happened since both were loaded. A filtered history cannot
 * tell.
 */
function isShown(queryClient: QueryClient, deploymentUuid: string, releaseName: string, line: LineFragment): boolean {
  const newest = queryClient.getQueryData(headQuery(releaseName).queryKey)?.deployRevisions.nodes[0];
  if (newest === undefined || !isSame(newest, line)) return false;
  return queryClient
    .getQueriesData<Page>({ queryKey: ["history", deploymentUuid], type: "active" })
    .filter(([queryKey]) => cursorOf(queryKey) === null)
    .every(([, page]) => page?.nodes[0] !== undefined && isSame(page.nodes[0], line));
}

export async function showPending(queryClient: QueryClient, deploymentUuid: string): Promise<void> {
  scrollTo({ top: 0 });
  pendingStore.set(0);
  await queryClient.invalidateQueries({ queryKey: ["history", deploymentUuid] });
}

/**
 * Keeps everything that is shown of a Deployment up to date. The first message after each connection is the newest revision: where the page shows it
 * already, nothing was missed.
 */
export function useLive(deploymentUuid: string | undefined, releaseName: string): void {
  const queryClient = useQueryClient();
  const epoch = useStore(socketEpochStore);
  useEffect(() => {
    if (deploymentUuid === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const askSoon = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void askAnew(queryClient, deploymentUuid, releaseName), ms);
    };
    const seen = new Set<string>();
    const unfollow = follow(RevisionChangedDocument, { deploymentUuid }, ({ deployRevisionChanged: line }) => {
      if (isShown(queryClient, deploymentUuid, releaseName, line)) return;
      const known = patchPages(queryClient, deploymentUuid, line);
      queryClient.setQueryData(["revision", line.id], (old: object | undefined) => old && { ...old, ...line });
      if (!known && !seen.has(line.id) && scrollY >= TOP_PX) pendingStore.set(pendingStore.get() + 1);
      seen.add(line.id);
      askSoon(GATHER_MS);
    });
    const stopWatching = connectionStore.subscribe(() => {
      if (connectionStore.get().state !== "live") return;
      const head = queryClient.getQueryData(headQuery(releaseName).queryKey);
      if (head?.deployRevisions.nodes.length === 0) askSoon(SETTLE_MS);
    });
    return () => {
      unfollow();
      stopWatching();
      clearTimeout(timer);
      pendingStore.set(0);
    };
  }, [queryClient, deploymentUuid, releaseName, epoch]);
}
