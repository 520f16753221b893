import { hasSameContent, type FindChecksum, type HistoryState, type RevisionView } from "../../deploys";
import type { Hold } from "../../holds";
import type { RollbackIssue } from "../domain/rollback-issues";
import type { AssessRollback } from "./assess-rollback";
import { holdOnTarget } from "./hold-on-target";
import { NOT_INSPECTED, type TargetState } from "./inspect-target";

/** Max revisions that are looked at. */
export const MAX_CANDIDATES = 50;
/** Max candidates whose bundle and image are looked for: each look can take seconds. */
const MAX_INSPECTED = 5;

export interface CandidateSources {
  readonly state: HistoryState;
  readonly holds: readonly Hold[];
  readonly findChecksum: FindChecksum;
  /** Looks whether what a candidate holds is still there. */
  readonly inspect: (target: RevisionView) => Promise<TargetState>;
}

/** What is wrong with a candidate; empty where it is fit to be rolled back to. */
export async function unfitness(
  assess: AssessRollback,
  { state, holds, findChecksum, inspect }: CandidateSources,
  target: RevisionView,
): Promise<RollbackIssue[]> {
  const hold = await holdOnTarget(holds, state, target, findChecksum);
  const issues = assess.unsuitability(state, target, { ...NOT_INSPECTED, hold });
  return issues.length > 0 ? issues : assess.unsuitability(state, target, { ...(await inspect(target)), hold });
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
): Promise<RevisionView | null> {
  const { current } = sources.state;
  let inspected = 0;
  const inspect = (target: RevisionView): Promise<TargetState> => {
    inspected++;
    return sources.inspect(target);
  };
  for (const target of candidates) {
    if (inspected === MAX_INSPECTED) return null;
    if (current !== null && hasSameContent(current, target)) continue;
    if ((await unfitness(assess, { ...sources, inspect }, target)).length === 0) return target;
  }
  return null;
}
