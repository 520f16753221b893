import type { BundleReadModel } from "../../bundles";
import type { RolloutDriver } from "../../rollouts";
import { releaseStateOf } from "../domain/release-state";
import type { RevisionReadModel } from "./ports";

/** Makes changed settings real for what runs. A rollout under way needs nothing: it takes the settings of its own time. */
export class ReconcileDeployment {
  constructor(
    private readonly deps: {
      readonly revisions: RevisionReadModel;
      readonly bundles: BundleReadModel;
      readonly driver: RolloutDriver;
    },
  ) {}

  async execute(deploymentId: string, signal: AbortSignal): Promise<void> {
    const [state] = await this.deps.revisions.historyStates([deploymentId]);
    if (state === undefined || state.current === null || state.head?.status === "INITIALIZED") return;
    const { deployment, current } = state;
    const { dagTarballVersion: version } = deployment;
    const [bundle = null] = version === null ? [] : await this.deps.bundles.findMany([{ deploymentId, version }]);
    await this.deps.driver.apply(releaseStateOf(deployment, current, { dags: deployment, bundle }), signal);
  }
}
