import { PUSH_IMAGE, type DeployRevision, type HistoryState } from "../../deploys";
import type { RuntimeCatalogue } from "../../runtimes";
import type { Clock } from "../../../kernel/clock";
import { can, deploymentScope, type Actor } from "../../../kernel/permissions";
import type { RollbackIssue } from "../domain/rollback-issues";
import type { RollbackAssessment, RollbackSettings } from "../domain/rollback-question";
import { assessRollback, refusals, unsuitability } from "../domain/rollback-rules";
import type { KnownTarget } from "./inspect-target";

/** Asks the rules: one question for the mutation, the plan and the field, so that they cannot disagree. */
export class AssessRollback {
  constructor(
    private readonly deps: {
      readonly settings: RollbackSettings;
      readonly catalogue: RuntimeCatalogue;
      readonly clock: Clock;
    },
  ) {}

  assess(actor: Actor, state: HistoryState, target: DeployRevision, known: KnownTarget): RollbackAssessment {
    const { settings, catalogue, clock } = this.deps;
    const mayPush = can(actor, PUSH_IMAGE, deploymentScope(state.deployment));
    return assessRollback({ settings, catalogue, now: clock(), mayPush, ...state, target, ...known });
  }

  /** What is wrong with the target itself; see the rules. */
  unsuitability(state: HistoryState, target: DeployRevision, known: KnownTarget): RollbackIssue[] {
    const { settings, catalogue, clock } = this.deps;
    return unsuitability({ settings, catalogue, now: clock(), mayPush: true, ...state, target, ...known });
  }

  /** What refuses the rollback, given what the caller has acknowledged. */
  refusals(assessment: RollbackAssessment, acknowledged: { readonly acknowledgeDataLoss: boolean }): RollbackIssue[] {
    return refusals(assessment, { ...acknowledged, settings: this.deps.settings });
  }
}
