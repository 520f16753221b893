import { isAfter, type InstallationReader } from "../../installation";
import type { PlacedRelease, RolloutDriver } from "./rollout-driver";
import type { DeploymentReadModel } from "../../deployments";

const RELEASES_AT_ONCE = 500;

/**
 * Finds releases whose target holds a later revision than the history knows: the sign of a database that was restored.
 */
export class FindReleasesAhead {
  constructor(
    private readonly deps: {
      readonly driver: RolloutDriver;
      readonly deployments: DeploymentReadModel;
      readonly installation: InstallationReader;
    },
  ) {}

  /** Returns their release names. */
  async execute(): Promise<string[]> {
    const ahead: string[] = [];
    let batch: PlacedRelease[] = [];
    for await (const release of this.deps.driver.placed()) {
      batch.push(release);
      if (batch.length < RELEASES_AT_ONCE) continue;
      ahead.push(...(await this.among(batch)));
      batch = [];
    }
    return [...ahead, ...(await this.among(batch))];
  }

  private async among(releases: readonly PlacedRelease[]): Promise<string[]> {
    if (releases.length === 0) return [];
    const { epoch } = await this.deps.installation.current();
    // The history is read after the targets, so that a rollout meanwhile is not taken for one that is ahead.
    const deployments = await this.deps.deployments.findManyByReleaseName(
      releases.map(({ releaseName }) => releaseName),
    );
    const byName = new Map(deployments.map((deployment) => [deployment.releaseName, deployment]));
    return releases
      .filter((release) => {
        const deployment = byName.get(release.releaseName);
        return (
          deployment?.id === release.deploymentId &&
          isAfter(release, { epoch, generation: deployment.lastRevisionNumber })
        );
      })
      .map(({ releaseName }) => releaseName);
  }
}
