import {
  lockRevision,
  PUSH_IMAGE,
  requireDescription,
  type DeployRevision,
  type DeployStores,
  type RevisionReadModel,
  type RevisionView,
} from "../../deploys";
import type { Deployment } from "../../deployments";
import { liftHold, type HoldSettings } from "../../holds";
import type { Clock } from "../../../kernel/clock";
import { Conflict, InvalidInput, NotFound, notFoundAs } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { issue } from "../domain/rollback-issues";
import { RollbackRefused } from "../domain/rollback-refused";
import { counted } from "./counted";
import type { InspectTarget, TargetState } from "./inspect-target";
import type { RollbackMetrics } from "./ports";
import { loadRollbackState, type RestoreTarget, type RollbackState } from "./restore-target";

export interface UndoCommand {
  readonly actor: Actor;
  /** The rollback. */
  readonly revisionId: string;
  readonly description: string;
  readonly acknowledgeDataLoss: boolean;
}

/** Undoes a rollback: puts what ran before it in place again, and lifts the hold that it made. */
export class UndoRollback {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly readModel: Pick<RevisionReadModel, "findMany">;
      readonly inspect: InspectTarget;
      readonly restore: RestoreTarget;
      readonly holdSettings: HoldSettings;
      readonly clock: Clock;
      readonly metrics: RollbackMetrics;
    },
  ) {}

  /**
   * Returns the new revision, INITIALIZED.
   * @throws InvalidInput if the revision is no rollback
   * @throws Conflict if it is not the newest revision any more
   * @throws RollbackRefused with every reason at once
   * @throws Forbidden, PersonRequired if the caller may not lift the hold that the rollback made
   * @throws Unauthenticated, NotFound
   */
  execute(command: UndoCommand): Promise<RevisionView> {
    return counted(this.deps.metrics, () => this.undo(command));
  }

  private async undo({
    actor: caller,
    revisionId,
    acknowledgeDataLoss,
    ...command
  }: UndoCommand): Promise<RevisionView> {
    const description = requireDescription(command.description);
    const { unitOfWork, restore, holdSettings, clock } = this.deps;
    const inspected = await this.inspect(caller, revisionId);
    return unitOfWork.run(async (stores) => {
      const { deployment, actor, head, revision } = await lockRevision(stores, caller, revisionId, PUSH_IMAGE);
      requireUndoable(revision, head);
      const state = await stateBefore(stores, deployment, revision);
      const at = clock();
      const hold = state.holds.find(({ rollbackId }) => rollbackId === revision.id);
      if (hold !== undefined) await liftHold(stores, { deployment, hold, by: actor, at }, holdSettings);
      return restore.execute(stores, {
        deployment,
        actor,
        state: { ...state, holds: state.holds.filter((one) => one !== hold) },
        inspected,
        description,
        acknowledgeDataLoss,
        quarantine: false,
        action: "deploy_revision.undo_rollback",
        at,
      });
    });
  }

  /** Before the Deployment is locked, as for any rollback. */
  private async inspect(actor: Actor, revisionId: string): Promise<TargetState> {
    const [rollback] = isId(revisionId) ? await this.deps.readModel.findMany([revisionId]) : [];
    if (rollback === undefined) throw new NotFound("Deploy revision");
    const target = { deploymentId: rollback.deploymentId, revisionId: rollback.rolledBackId ?? undefined };
    return this.deps.inspect.beforeLock(actor, target).catch(notFoundAs("Deploy revision"));
  }
}

/** @throws InvalidInput, Conflict */
function requireUndoable(revision: DeployRevision, head: DeployRevision | null): void {
  if (revision.trigger !== "ROLLBACK")
    throw new InvalidInput("deployRevisionId", `revision ${revision.number} is no rollback: nothing to undo`);
  if (head !== null && head.id !== revision.id)
    throw new Conflict(
      `Revision ${head.number} came after rollback ${revision.number}, so that it can no longer be undone; roll back to the revision that you want`,
    );
}

/** @throws RollbackRefused NO_TARGET if what ran before is not known any more */
async function stateBefore(
  stores: DeployStores,
  deployment: Deployment,
  { number, rolledBackId }: DeployRevision,
): Promise<RollbackState> {
  if (rolledBackId === null) throw new RollbackRefused([issue("NO_TARGET", `Nothing ran before rollback ${number}.`)]);
  try {
    return await loadRollbackState(stores, deployment, rolledBackId);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new RollbackRefused([issue("NO_TARGET", `What ran before rollback ${number} was cleaned up.`)]);
  }
}
