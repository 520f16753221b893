import type { BundleReadModel } from "../../bundles";
import type { InstallationReader } from "../../installation";
import { releaseStateOf } from "../domain/release-of-revision";
import type { DefaultRepositories, RevisionReadModel } from "../../deploys";
import type { ReadSecrets } from "./read-secrets";
import { TargetAhead, type RolloutDriver } from "./rollout-driver";
import { unkeptSteps } from "./step-recorder";

/** Rolls changed settings out for what runs. A rollout under way needs nothing: it uses the settings at its time. */
export class ReconcileDeployment {
  constructor(
    private readonly deps: {
      readonly revisions: RevisionReadModel;
      readonly bundles: BundleReadModel;
      readonly installation: InstallationReader;
      readonly driver: RolloutDriver;
      readonly secretsOf: ReadSecrets;
      readonly repositories: DefaultRepositories;
    },
  ) {}

  /** Returns why it changed nothing if the target is ahead of the history; null otherwise. */
  async execute(deploymentId: string, signal: AbortSignal): Promise<TargetAhead | null> {
    // The epoch first: a state from before a restore never counts as one from after it.
    const installation = await this.deps.installation.current();
    const [history] = await this.deps.revisions.historyStates([deploymentId]);
    if (history === undefined || history.head?.status === "INITIALIZED") return null;
    const { deployment, current, head } = history;
    if (current === null) {
      // The first deploy was cancelled: nothing ran before it, and nothing is to run now.
      if (head?.status === "SUPERSEDED") {
        const { releaseName, namespace } = deployment;
        await this.deps.driver.remove({ releaseName, namespace, deploymentId });
      }
      return null;
    }
    const { dagTarballVersion: version } = deployment;
    const [bundle = null] = version === null ? [] : await this.deps.bundles.findMany([{ deploymentId, version }]);
    const { repositories, driver, secretsOf } = this.deps;
    const state = releaseStateOf(deployment, current, { installation, dags: deployment, bundle, repositories });
    // Only settings have changed.
    const request = { from: state, to: state, steps: unkeptSteps, secrets: () => secretsOf(deployment) };
    const outcome = await driver.apply(request, signal);
    if (outcome === "applied") return null;
    const [now] = await this.deps.revisions.historyStates([deploymentId]);
    return now?.deployment.lastRevisionNumber === deployment.lastRevisionNumber
      ? new TargetAhead(deployment.releaseName)
      : null;
  }
}
