import type { Deployment } from "../../deployments/domain";
import type { DeployRevision } from "./deploy-revision";

/** How far a reader has followed a Deployment's history. */
export interface HistoryPosition {
  /** Of the newest revision that the reader knows; 0 before the first. */
  readonly number: number;
  /** Numbers of those that were INITIALIZED when the reader last saw them: only they can still change. */
  readonly unfinished: readonly number[];
}

type Seen = Pick<DeployRevision, "number" | "status">;

/** @param head null before the first rollout, or where it is not known: it then counts as unfinished */
export function positionAt(
  { lastRevisionNumber, headRevisionId }: Pick<Deployment, "lastRevisionNumber" | "headRevisionId">,
  head: Seen | null,
): HistoryPosition {
  if (head === null)
    return { number: lastRevisionNumber, unfinished: headRevisionId === null ? [] : [lastRevisionNumber] };
  // Refused deploys may have come after it.
  return { number: lastRevisionNumber, unfinished: head.status === "INITIALIZED" ? [head.number] : [] };
}

/** @param changes by number */
export function positionAfter({ number, unfinished }: HistoryPosition, changes: readonly Seen[]): HistoryPosition {
  const seen = new Set(changes.map((change) => change.number));
  return {
    number: Math.max(number, ...seen),
    unfinished: [
      ...unfinished.filter((one) => !seen.has(one)),
      ...changes.filter(({ status }) => status === "INITIALIZED").map((change) => change.number),
    ],
  };
}

export const lowestWatched = ({ number, unfinished }: HistoryPosition): number => Math.min(number + 1, ...unfinished);
