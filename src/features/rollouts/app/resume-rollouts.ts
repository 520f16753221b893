import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { plusMs } from "../../../kernel/instant";
import { addApplyJob, type DeployStores, type RevisionReadModel } from "../../deploys";

const STRANDED_AFTER_MS = 60_000;

/**
 * Adds the job of unfinished revisions again that have lost it, e.g. because the queue was emptied by hand. Returns how
 * many it found.
 */
export class ResumeRollouts {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly readModel: RevisionReadModel;
      readonly clock: Clock;
    },
  ) {}

  async execute(): Promise<number> {
    const stranded = await this.deps.readModel.stranded(plusMs(this.deps.clock(), -STRANDED_AFTER_MS));
    for (const { revisionId, deploymentId } of stranded) {
      await this.deps.unitOfWork.run(({ outbox }) => addApplyJob(outbox, { id: revisionId, deploymentId }));
    }
    return stranded.length;
  }
}
