import type { DagDiff } from "../../bundles";
import { authorize, type Deployment } from "../../deployments";
import {
  READ_HISTORY,
  type DefaultRepositories,
  type FindChecksum,
  type RevisionBundles,
  type RevisionReadModel,
  type RevisionView,
} from "../../deploys";
import type { HoldReadModel } from "../../holds";
import type { DatabaseMigration } from "../../runtimes";
import { NotFound } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import { rollbackChanges, type RollbackChange } from "../domain/rollback-changes";
import { issue, type RollbackIssue } from "../domain/rollback-issues";
import { RollbackRefused } from "../domain/rollback-refused";
import type { AssessRollback } from "./assess-rollback";
import type { ChooseTarget, TargetName } from "./choose-target";
import { holdOnTarget } from "./hold-on-target";
import type { InspectTarget } from "./inspect-target";

/** Max skipped deploys that a plan lists. */
const MAX_SKIPPED = 500;

export interface RollbackPlan {
  readonly deployment: Deployment;
  readonly from: RevisionView;
  readonly to: RevisionView;
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
  async execute(actor: Actor, deploymentId: string, name: TargetName): Promise<RollbackPlan> {
    const { readModel, inspect, assess, bundles, repositories } = this.deps;
    const [state] = isId(deploymentId) ? await readModel.historyStates([deploymentId]) : [];
    const deployment = authorize(actor, state?.deployment ?? null, READ_HISTORY);
    if (state === undefined) throw new NotFound("Deployment");
    const named = await this.deps.chooseTarget.named(deployment.id, name);
    const target = named === undefined ? await this.deps.chooseTarget.lastKnownGood(actor, state) : named;
    if (target === null || target.deploymentId !== deployment.id) throw new NotFound("Deploy revision");
    const { current } = state;
    if (current === null) {
      throw new RollbackRefused([issue("NO_TARGET", "Nothing was ever rolled out, so there is nothing to roll back.")]);
    }
    const findChecksum: FindChecksum = async (revision) => (await bundles.findMany([revision]))[0]?.sha256 ?? null;
    const [holds, inspected] = await Promise.all([
      this.deps.holds.ofDeployments([deployment.id]),
      inspect.inspect(actor, target),
    ]);
    const hold = await holdOnTarget(holds, state, target, findChecksum);
    return {
      deployment,
      from: { ...current, isCurrent: true },
      to: target,
      ...assess.assess(actor, state, target, { ...inspected, hold }),
      changes: rollbackChanges(current, target, repositories),
      skipped: await readModel.deployedBetween(deployment.id, target.number, current.number, MAX_SKIPPED),
      dags: await bundles.compare(current, target),
    };
  }
}
