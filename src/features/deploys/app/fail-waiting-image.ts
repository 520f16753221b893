import { reconcileJob, type DeploymentReadModel } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Actor } from "../../../kernel/permissions";
import { stillWaitsFor } from "../domain/dag-upload";
import { deployLogLine } from "../domain/deploy-log";
import { auditedRevision } from "../domain/deploy-revision";
import { MAX_REASON } from "../domain/new-revision";
import { nothingPending } from "../domain/pending-versions";
import { mayPush } from "../domain/permissions";
import { loadHeadCurrentAndTarget, removeApplyJob } from "./append-revision";
import type { DeployStores, RevisionReadModel } from "./ports";
import type { RecordPushes } from "./record-pushes";

/** Ends the image that waits for DAGs after those were refused: half a deploy is not rolled out. */
export class FailWaitingImage {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly deployments: Pick<DeploymentReadModel, "findByReleaseName">;
      readonly revisions: Pick<RevisionReadModel, "findMany">;
      readonly dagUploadWaitMs: number;
      readonly clock: Clock;
      readonly pushes: Pick<RecordPushes, "catchUp">;
    },
  ) {}

  /**
   * Makes the caller's image deploy FAILED if it is the newest deploy and waits for the DAGs; does nothing otherwise.
   * Requires no permission: the image of a caller who has lost it meanwhile would otherwise go on waiting.
   */
  async execute({
    actor,
    releaseName,
    reason,
  }: {
    readonly actor: Actor;
    readonly releaseName: string;
    readonly reason: string;
  }): Promise<void> {
    const { unitOfWork, deployments, pushes, dagUploadWaitMs: waitMs, clock } = this.deps;
    const found = await deployments.findByReleaseName(releaseName);
    if (found === null) return;
    // The image may have been pushed a moment ago, and not be recorded yet.
    if (mayPush(actor, found)) await pushes.catchUp(found.id);
    if (!(await this.seemsToWait(actor, releaseName))) return;
    await unitOfWork.run(async (stores) => {
      const deployment = await stores.deployments.lock(found.id);
      if (deployment === null) return;
      const { head } = await loadHeadCurrentAndTarget(stores, deployment);
      const at = clock();
      if (head === null || !stillWaitsFor(head, { actor, at, waitMs })) return;
      const statusReason = `Its DAGs were refused: ${reason}`.slice(0, MAX_REASON);
      await removeApplyJob(stores.outbox, head.id);
      await stores.revisions.update(head.id, { status: "FAILED", statusReason, updatedAt: at, finishedAt: at });
      await stores.deployments.update(deployment.id, { ...nothingPending(deployment, head), updatedAt: at });
      await stores.logs.add([deployLogLine(deployment, head, { event: "failed", reason: statusReason }, at)]);
      await stores.audit.add({
        actor,
        action: "deploy_revision.refuse",
        object: auditedRevision(head, deployment),
        details: { reason: statusReason },
      });
      // A rollout that this image superseded may have left its files behind.
      await stores.outbox.add(reconcileJob(deployment.id));
    });
  }

  /** Read without the lock, so that an upload without a waiting image delays no change of the Deployment. */
  private async seemsToWait(actor: Actor, releaseName: string): Promise<boolean> {
    const { deployments, revisions, dagUploadWaitMs: waitMs, clock } = this.deps;
    const headId = (await deployments.findByReleaseName(releaseName))?.headRevisionId ?? null;
    const [head] = headId === null ? [] : await revisions.findMany([headId]);
    return head !== undefined && stillWaitsFor(head, { actor, at: clock(), waitMs });
  }
}
