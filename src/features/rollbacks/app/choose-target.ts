import {
  hasSameContent,
  type DeployRevision,
  type HistoryState,
  type RevisionBundles,
  type RevisionReadModel,
  type RevisionView,
} from "../../deploys";
import type { HoldReadModel } from "../../holds";
import { InvalidInput } from "../../../kernel/errors";
import { isId, newId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import { composeTarget } from "../domain/rollback-parts";
import type { RollbackParts } from "../domain/rollback-question";
import { issue } from "../domain/rollback-issues";
import { RollbackRefused } from "../domain/rollback-refused";
import type { AssessRollback } from "./assess-rollback";
import type { InspectTarget } from "./inspect-target";
import { examine, lastKnownGood, MAX_CANDIDATES, type Candidate, type CandidateSources } from "./last-known-good";

/** Candidates whose reasons a refusal names. */
const MAX_NAMED = 3;
const MAX_NUMBER = 2_147_483_647;
const CONTENT = { ALL: "content", IMAGE: "image", DAGS: "DAGs" };
const REMEDY = "Name the revision to go back to by deployRevisionId or deployRevisionNumber.";

/** How a caller names a target: by its id, by its number, or not at all. */
export interface TargetName {
  readonly revisionId: string | undefined;
  readonly revisionNumber: number | undefined;
}

/** Returns what runs. @throws RollbackRefused NO_TARGET if nothing does */
export function requireRolledOut({ current }: Pick<HistoryState, "current">): DeployRevision {
  if (current !== null) return current;
  throw new RollbackRefused([issue("NO_TARGET", "Nothing was ever rolled out, so there is nothing to roll back.")]);
}

/** Finds the revision that a rollback or its plan goes to. */
export class ChooseTarget {
  constructor(
    private readonly deps: {
      readonly readModel: Pick<RevisionReadModel, "findMany" | "findByNumber" | "beforeCurrent">;
      readonly holds: HoldReadModel;
      readonly bundles: RevisionBundles;
      readonly inspect: InspectTarget;
      readonly assess: AssessRollback;
    },
  ) {}

  /**
   * Returns the named revision, which may be another Deployment's; null if there is no such revision, undefined if none
   * is named.
   * @throws InvalidInput if two are named, or the number is none
   */
  async named(
    deploymentId: string,
    { revisionId, revisionNumber }: TargetName,
  ): Promise<RevisionView | null | undefined> {
    const { readModel } = this.deps;
    if (revisionNumber === undefined) {
      if (revisionId === undefined) return undefined;
      const [found] = isId(revisionId) ? await readModel.findMany([revisionId]) : [];
      return found ?? null;
    }
    if (revisionId !== undefined)
      throw new InvalidInput(
        "deployRevisionNumber",
        "names the target a second time: give it or deployRevisionId, not both",
      );
    if (revisionNumber < 1 || revisionNumber > MAX_NUMBER)
      throw new InvalidInput("deployRevisionNumber", "has to be 1 or more");
    return isId(deploymentId) ? readModel.findByNumber(deploymentId, revisionNumber) : null;
  }

  /** @throws RollbackRefused NO_TARGET if there is none, with the reasons against the nearest candidates */
  async lastKnownGood(
    actor: Actor,
    state: HistoryState,
    parts: RollbackParts = "ALL",
  ): Promise<Pick<Candidate, "target" | "known">> {
    const { readModel, holds, bundles, inspect, assess } = this.deps;
    const { deployment } = state;
    requireRolledOut(state);
    const sources: CandidateSources = {
      state,
      holds: await holds.ofDeployments([deployment.id]),
      findChecksum: (revision) => bundles.checksumOf(revision),
      parts,
      inspect: (target) => inspect.inspect(actor, target, parts),
    };
    const candidates = await readModel.beforeCurrent([deployment.id], {
      statuses: ["DEPLOYED"],
      limit: MAX_CANDIDATES,
    });
    const found = await lastKnownGood(assess, candidates, sources);
    if (found !== null) return found;
    const nearest = await readModel.beforeCurrent([deployment.id], { limit: MAX_NAMED });
    const reasons = await Promise.all(nearest.map((target) => this.reasonAgainst(target, sources)));
    const message =
      reasons.length === 0
        ? `${deployment.label} has no revision from before the one that runs.`
        : `No revision from before the one that runs can be rolled back to. ${reasons.join(" ")}`;
    throw new RollbackRefused([issue("NO_TARGET", message, REMEDY)]);
  }

  private async reasonAgainst(target: RevisionView, sources: CandidateSources): Promise<string> {
    const { state, parts = "ALL" } = sources;
    const composed = composeTarget(target, state, parts, newId());
    if (state.current !== null && target.status === "DEPLOYED" && hasSameContent(state.current, composed))
      return `Revision ${target.number} has the ${CONTENT[parts]} that ${parts === "DAGS" ? "run" : "runs"}.`;
    const { issues } = await examine(this.deps.assess, sources, target);
    return issues.length === 0
      ? `Revision ${target.number} was not looked at: too many before it are out.`
      : issues.map(({ message }) => message).join(" ");
  }
}
