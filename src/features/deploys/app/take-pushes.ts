import type { DeploymentReadModel } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { PushEvent } from "../domain/registry-push";
import type { DeployStores } from "./ports";
import { addRecordPushesJob } from "./record-pushes";

/** Stores the pushes that the registry reports, and queues the job that records them. */
export class TakePushes {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly deployments: Pick<DeploymentReadModel, "findManyByReleaseName">;
      readonly clock: Clock;
    },
  ) {}

  /** Returns how many were new. Known pushes, and pushes to names without a Deployment, are skipped. */
  async execute(events: readonly PushEvent[]): Promise<number> {
    if (events.length === 0) return 0;
    const { unitOfWork, deployments, clock } = this.deps;
    const found = await deployments.findManyByReleaseName([...new Set(events.map(({ releaseName }) => releaseName))]);
    const idOf = new Map(found.map(({ releaseName, id }) => [releaseName, id]));
    const pushes = events.flatMap(({ releaseName, ...event }) => {
      const deploymentId = idOf.get(releaseName);
      return deploymentId === undefined
        ? []
        : [{ ...event, id: newId(), deploymentId, receivedAt: clock(), outcome: null }];
    });
    return unitOfWork.run(async ({ pushes: noted, outbox }) => {
      let fresh = 0;
      for (const push of pushes) {
        if (!(await noted.add(push))) continue;
        fresh++;
        await addRecordPushesJob(outbox, push.deploymentId);
      }
      return fresh;
    });
  }
}
