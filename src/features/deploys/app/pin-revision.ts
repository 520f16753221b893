import { DEPLOYMENT_PERMISSIONS } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { deployLogLine } from "../domain/deploy-log";
import { auditedRevision } from "../domain/deploy-revision";
import { lockRevision } from "./lock-revision";
import type { DeployStores, RevisionView } from "./ports";

/** Pins a revision, so that it is never cleaned up and never expires as a target; or unpins it. */
export class PinRevision {
  constructor(private readonly deps: { readonly unitOfWork: UnitOfWork<DeployStores>; readonly clock: Clock }) {}

  /** @throws Unauthenticated, NotFound, Forbidden */
  execute({
    actor: caller,
    revisionId,
    pinned,
  }: {
    readonly actor: Actor;
    readonly revisionId: string;
    readonly pinned: boolean;
  }): Promise<RevisionView> {
    return this.deps.unitOfWork.run(async (stores) => {
      const { deployment, actor, revision } = await lockRevision(
        stores,
        caller,
        revisionId,
        DEPLOYMENT_PERMISSIONS.update,
      );
      await stores.audit.add({
        actor,
        action: pinned ? "deploy_revision.pin" : "deploy_revision.unpin",
        object: auditedRevision(revision, deployment),
      });
      if (revision.pinned !== pinned) {
        const event = { event: pinned ? "pinned" : "unpinned", by: actor } as const;
        await stores.revisions.update(revision.id, { pinned });
        await stores.logs.add([deployLogLine(deployment, revision, event, this.deps.clock())]);
      }
      return { ...revision, pinned, isCurrent: deployment.currentRevisionId === revision.id };
    });
  }
}
