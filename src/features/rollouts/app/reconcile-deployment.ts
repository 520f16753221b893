import type { BundleReadModel } from "../../bundles";
import type { InstallationReader } from "../../installation";
import type { DefaultRepositories } from "../domain/default-image";
import { releaseStateOf } from "../domain/release-of-revision";
import type { RevisionReadModel } from "../../deploys";
import { TargetAhead, type RolloutDriver } from "./rollout-driver";

/**
 * Makes changed settings real for what runs. A rollout under way needs nothing: it takes the settings of its own time.
 */
export class ReconcileDeployment {
  constructor(
    private readonly deps: {
      readonly revisions: RevisionReadModel;
      readonly bundles: BundleReadModel;
      readonly installation: InstallationReader;
      readonly driver: RolloutDriver;
      readonly repositories: DefaultRepositories;
    },
  ) {}

  /** Returns why it changed nothing where the target is ahead of the history; null otherwise. */
  async execute(deploymentId: string, signal: AbortSignal): Promise<TargetAhead | null> {
    // The epoch first: a state of before a restore never counts as one of after it.
    const installation = await this.deps.installation.current();
    const [state] = await this.deps.revisions.historyStates([deploymentId]);
    if (state === undefined || state.current === null || state.head?.status === "INITIALIZED") return null;
    const { deployment, current } = state;
    const { dagTarballVersion: version } = deployment;
    const [bundle = null] = version === null ? [] : await this.deps.bundles.findMany([{ deploymentId, version }]);
    const outcome = await this.deps.driver.apply(
      releaseStateOf(deployment, current, {
        installation,
        dags: deployment,
        bundle,
        repositories: this.deps.repositories,
      }),
      signal,
    );
    if (outcome === "applied") return null;
    const [now] = await this.deps.revisions.historyStates([deploymentId]);
    return now?.deployment.lastRevisionNumber === deployment.lastRevisionNumber
      ? new TargetAhead(deployment.releaseName)
      : null;
  }
}
