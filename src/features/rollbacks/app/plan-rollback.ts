import type { DagDiff } from "../../bundles";
import { authorize, type Deployment } from "../../deployments";
import {
  READ_HISTORY,
  type DefaultRepositories,
  type HistoryState,
  type RevisionBundles,
  type RevisionReadModel,
  type RevisionView,
} from "../../deploys";
import type { HoldReadModel } from "../../holds";
import type { DatabaseMigration } from "../../runtimes";
import { NotFound } from "../../../kernel/errors";
import { isId, newId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import { rollbackChanges, type RollbackChange } from "../domain/rollback-changes";
import { composeTarget, isComposite } from "../domain/rollback-parts";
import type { RollbackParts } from "../domain/rollback-question";
import type { RollbackIssue } from "../domain/rollback-issues";
import type { AssessRollback } from "./assess-rollback";
import { requireRolledOut, type ChooseTarget, type TargetName } from "./choose-target";
import { holdOnTarget } from "./hold-on-target";
import type { InspectTarget, KnownTarget } from "./inspect-target";

/** Max skipped deploys that a plan lists. */
const MAX_SKIPPED = 500;

export interface RollbackPlan {
  readonly deployment: Deployment;
  readonly from: RevisionView;
  readonly to: RevisionView;
  readonly parts: RollbackParts;
  readonly blockers: readonly RollbackIssue[];
  readonly warnings: readonly RollbackIssue[];
  readonly changes: readonly RollbackChange[];
  readonly database: DatabaseMigration;
  readonly skipped: readonly RevisionView[];
  /** File by file; null where one side has no DAG bundle. */
  readonly dags: DagDiff | null;
}

/** Works out what a rollback would do, without doing it. */
export class PlanRollback {
  constructor(
    private readonly deps: {
      readonly readModel: RevisionReadModel;
      readonly bundles: RevisionBundles;
      readonly inspect: InspectTarget;
      readonly assess: AssessRollback;
      readonly repositories: DefaultRepositories;
      readonly holds: HoldReadModel;
      readonly chooseTarget: ChooseTarget;
    },
  ) {}

  /** @throws NotFound, Forbidden; @throws InvalidInput; @throws RollbackRefused NO_TARGET if there is none */
  async execute(
    actor: Actor,
    deploymentId: string,
    { parts, ...name }: TargetName & { readonly parts: RollbackParts },
  ): Promise<RollbackPlan> {
    const { readModel, chooseTarget, assess, bundles, repositories } = this.deps;
    const [state] = isId(deploymentId) ? await readModel.historyStates([deploymentId]) : [];
    const deployment = authorize(actor, state?.deployment ?? null, READ_HISTORY);
    if (state === undefined) throw new NotFound("Deployment");
    const named = await chooseTarget.named(deployment.id, name);
    if (named === null || (named !== undefined && named.deploymentId !== deployment.id))
      throw new NotFound("Deploy revision");
    const current = requireRolledOut(state);
    const { target, known } =
      named === undefined
        ? await chooseTarget.lastKnownGood(actor, state, parts)
        : { target: named, known: await this.examine(actor, state, named, parts) };
    const composed = composeTarget(target, state, parts, newId());
    const ranTogether = isComposite(composed, target, state)
      ? await readModel.haveRunTogether(deployment.id, composed)
      : undefined;
    return {
      deployment,
      from: { ...current, isCurrent: true },
      to: target,
      parts,
      ...assess.assess(actor, state, composed, { ...known, ranTogether }),
      changes: rollbackChanges(current, composed, repositories),
      skipped: await readModel.deployedBetween(deployment.id, target.number, current.number, MAX_SKIPPED),
      dags: await bundles.compare(current, composed),
    };
  }

  private async examine(
    actor: Actor,
    state: HistoryState,
    target: RevisionView,
    parts: RollbackParts,
  ): Promise<KnownTarget> {
    const { inspect, holds, bundles } = this.deps;
    const [found, inspected] = await Promise.all([
      holds.ofDeployments([state.deployment.id]),
      inspect.inspect(actor, target, parts),
    ]);
    const composed = composeTarget(target, state, parts, newId());
    const hold = await holdOnTarget(found, state, composed, (revision) => bundles.checksumOf(revision));
    return { ...inspected, hold, parts };
  }
}
