import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { DeployRevisionFilter, HistoryQuery } from "../../gql";
import { historyQuery, PAGE } from "../../lib/queries";
import { advance, countOf, START, type Way } from "./way";

type Page = HistoryQuery["deployRevisions"];
export type HistoryLine = Page["nodes"][number];

interface History {
  readonly line: (index: number) => HistoryLine | undefined;
  /** The unbroken piece around what is shown. */
  readonly piece: readonly HistoryLine[];
  readonly error: Error | null;
  readonly isEmpty: boolean;
  readonly retry: () => void;
}

/** The way through the history, and how many lines it has so far. */
export function useWay(): {
  readonly way: Way;
  readonly setWay: (change: (way: Way) => Way) => void;
  readonly count: number;
} {
  const [way, setWay] = useState(START);
  return { way, setWay, count: countOf(way, PAGE) };
}

/**
 * Loads the pages that are shown, each by a query of its own: what leaves the screen leaves the cache, so that memory stays bounded however far
 * one scrolls.
 *
 * @param shown indices of pages, in order, without gaps
 */
export function useHistory(
  deploymentUuid: string,
  filter: DeployRevisionFilter | null,
  { way, setWay }: ReturnType<typeof useWay>,
  shown: readonly number[],
): History {
  const queryClient = useQueryClient();
  const indices = shown.filter((index) => index < way.cursors.length);
  const results = useQueries({
    queries: indices.map((index) => historyQuery(deploymentUuid, filter, way.cursors[index] ?? null)),
  });

  useEffect(() => {
    setWay((old) =>
      indices.reduce((next, index, k) => {
        const page = results[k]?.data;
        return page === undefined || index >= next.cursors.length ? next : advance(next, index, page);
      }, old),
    );
  });

  const cached = (index: number): Page | undefined => {
    const k = indices.indexOf(index);
    if (k >= 0) return results[k]?.data;
    const cursor = way.cursors[index];
    return cursor === undefined
      ? undefined
      : queryClient.getQueryData(historyQuery(deploymentUuid, filter, cursor).queryKey);
  };
  const first = indices[0] ?? 0;
  const before = first > 0 ? (cached(first - 1)?.nodes ?? []) : [];
  const failed = results.find(({ error, data }) => error !== null && data === undefined);
  return {
    line: (index) => cached(Math.floor(index / PAGE))?.nodes[index % PAGE],
    piece: [...before, ...indices.flatMap((index) => cached(index)?.nodes ?? [])],
    error: failed?.error ?? null,
    isEmpty: way.tail === 0 && way.cursors.length === 1,
    retry: () => void failed?.refetch(),
  };
}
