import { newId } from "../../../kernel/ids";
import { composeTarget } from "../domain/rollback-parts";
import type { RollbackParts } from "../domain/rollback-question";
import { hasSameContent, isSameByName, type FindChecksum, type HistoryState, type RevisionView } from "../../deploys";
import type { Hold } from "../../holds";
import type { RollbackIssue } from "../domain/rollback-issues";
import type { AssessRollback } from "./assess-rollback";
import { holdOnTarget } from "./hold-on-target";
import { NOT_INSPECTED, type KnownTarget, type TargetState } from "./inspect-target";

/** Max revisions that are considered. */
export const MAX_CANDIDATES = 50;
/** Max candidates whose bundle and image are looked for: each look can take seconds. */
const MAX_INSPECTED = 5;

export interface CandidateSources {
  readonly state: HistoryState;
  readonly holds: readonly Hold[];
  readonly findChecksum: FindChecksum;
  readonly parts?: RollbackParts | undefined;
  /** Checks whether a candidate's DAG bundle and image are still there. */
  readonly inspect: (target: RevisionView) => Promise<TargetState>;
}

export interface Candidate {
  readonly target: RevisionView;
  readonly known: KnownTarget;
  /** What is wrong with it; empty where it is fit to be rolled back to. */
  readonly issues: readonly RollbackIssue[];
}

export async function examine(
  assess: AssessRollback,
  { state, holds, findChecksum, inspect, parts = "ALL" }: CandidateSources,
  target: RevisionView,
): Promise<Candidate> {
  const composed = composeTarget(target, state, parts, newId());
  const hold = await holdOnTarget(holds, state, composed, findChecksum);
  const unseen = { ...NOT_INSPECTED, hold, parts };
  const issues = assess.unsuitability(state, composed, unseen);
  if (issues.length > 0) return { target, known: unseen, issues };
  const known = { ...(await inspect(target)), hold, parts };
  return { target, known, issues: assess.unsuitability(state, composed, known) };
}

/**
 * The first of the candidates that holds other content than what runs and is fit to be rolled back to; null if there is
 * none. Whether rollbacks are allowed is not asked: that is for the rollback to say.
 * @param candidates DEPLOYED revisions before what runs, newest first
 */
export async function lastKnownGood(
  assess: AssessRollback,
  candidates: readonly RevisionView[],
  sources: CandidateSources,
): Promise<Candidate | null> {
  const { state, parts = "ALL" } = sources;
  const { current } = state;
  let inspected = 0;
  const inspect = (target: RevisionView): Promise<TargetState> => {
    inspected++;
    return sources.inspect(target);
  };
  for (const target of candidates) {
    if (inspected === MAX_INSPECTED) return null;
    const composed = composeTarget(target, state, parts, newId());
    if (current !== null && hasSameContent(current, composed)) continue;
    // Of one part a revision with the same names brings nothing back.
    if (current !== null && parts !== "ALL" && isSameByName(current, composed)) continue;
    const candidate = await examine(assess, { ...sources, inspect }, target);
    if (candidate.issues.length === 0) return candidate;
  }
  return null;
}
