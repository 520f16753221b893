import { reconcileJob } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import { Conflict } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { deployLogLine } from "../domain/deploy-log";
import { auditedRevision } from "../domain/deploy-revision";
import { requireDescription } from "../domain/new-revision";
import { nothingPending } from "../domain/pending-versions";
import { PUSH_IMAGE } from "../domain/permissions";
import { removeApplyJob } from "./append-revision";
import { lockRevision } from "./lock-revision";
import type { DeployStores, RevisionView } from "./ports";

export interface CancelDeployCommand {
  readonly actor: Actor;
  readonly revisionId: string;
  readonly description: string;
}

/** Stops a deploy or rollback that is under way: what ran before stays. */
export class CancelDeploy {
  constructor(private readonly deps: { readonly unitOfWork: UnitOfWork<DeployStores>; readonly clock: Clock }) {}

  /**
   * Returns the revision, SUPERSEDED. A driver that works on it is told to stop, and then what runs is put back.
   * @throws Conflict if the revision is finished
   * @throws Unauthenticated, NotFound, Forbidden, InvalidInput
   */
  execute({ actor: caller, revisionId, ...command }: CancelDeployCommand): Promise<RevisionView> {
    const description = requireDescription(command.description);
    return this.deps.unitOfWork.run(async (stores) => {
      const { deployment, actor, revision } = await lockRevision(stores, caller, revisionId, PUSH_IMAGE);
      if (revision.status !== "INITIALIZED") {
        throw new Conflict(
          `Revision ${revision.number} is ${revision.status}: only a deploy that is under way can be cancelled. To go back to an earlier one, roll back`,
        );
      }
      const at = this.deps.clock();
      const patch = {
        status: "SUPERSEDED",
        statusReason: `Cancelled by ${actor.label}: ${description}`,
        outageSince: null,
        updatedAt: at,
        finishedAt: at,
      } as const;
      const event = { event: "cancelled", by: actor, reason: description } as const;
      await Promise.all([
        stores.revisions.update(revision.id, patch),
        stores.deployments.update(deployment.id, { ...nothingPending(deployment, revision), updatedAt: at }),
        stores.logs.add([deployLogLine(deployment, revision, event, at)]),
        removeApplyJob(stores.outbox, revision.id),
        // Queued behind the rollout, because the driver may have changed something already.
        stores.outbox.add(reconcileJob(deployment.id)),
        stores.audit.add({
          actor,
          action: "deploy_revision.cancel",
          object: auditedRevision(revision, deployment),
          details: { description },
        }),
      ]);
      return { ...revision, ...patch, isCurrent: false };
    });
  }
}
