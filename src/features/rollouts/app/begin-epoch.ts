import { reconcileJob } from "../../deployments";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { DeployStores, RevisionReadModel } from "../../deploys";

const DEPLOYMENTS_AT_ONCE = 500;

export interface BegunEpoch {
  readonly epoch: number;
  /** The number of Deployments that are put back to their current revision. */
  readonly deployments: number;
}

/**
 * Follows a restore of the database: begins a new epoch, in which this history replaces what targets hold of the lost
 * one, and queues jobs that put the current revisions back. Safe to repeat, and safe without a restore.
 */
export class BeginEpoch {
  constructor(
    private readonly deps: { readonly unitOfWork: UnitOfWork<DeployStores>; readonly readModel: RevisionReadModel },
  ) {}

  async execute(): Promise<BegunEpoch> {
    const { unitOfWork, readModel } = this.deps;
    const { epoch } = await unitOfWork.run(({ installation }) => installation.beginEpoch());
    let deployments = 0;
    for (let after: string | null = null; ;) {
      const ids: readonly string[] = await readModel.deployedDeployments(after, DEPLOYMENTS_AT_ONCE);
      await unitOfWork.run(async ({ outbox }) => {
        for (const id of ids) await outbox.add(reconcileJob(id));
      });
      deployments += ids.length;
      after = ids.at(-1) ?? null;
      if (after === null) return { epoch, deployments };
    }
  }
}
