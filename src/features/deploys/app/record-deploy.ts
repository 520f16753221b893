import { authorize, checkVersions, refuseDowngrade, type Deployment, type DeploymentRules } from "../../deployments";
import { airflowVersionOf } from "../../platform";
import type { Clock } from "../../../shared/app/clock";
import { newId } from "../../../shared/app/ids";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import { FeatureDisabled } from "../../../shared/domain/errors";
import type { Actor } from "../../../shared/domain/permissions";
import { keptDags, waitsForDags } from "../domain/dag-upload";
import type { DeployTrigger } from "../domain/deploy-revision";
import { parseImage } from "../domain/image-reference";
import { checkDescription, recordDeploy } from "../domain/new-revision";
import { PUSH_IMAGE } from "../domain/permissions";
import { appendRevision, placeRevisions } from "./append-revision";
import type { DeployStores } from "./ports";

export interface ImageDeploy {
  readonly image: string;
  readonly imageDigest?: string | undefined;
  /** Without both the image is taken to hold what the Deployment runs. */
  readonly runtimeVersion?: string | undefined;
  readonly airflowVersion?: string | undefined;
  readonly description?: string | null | undefined;
}

/** Records an image that is already in a registry as a new deploy, and sets its rollout going. */
export class RecordDeploy {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly rules: DeploymentRules & { readonly updateDeploymentImageEndpoint: boolean };
      /** How long an image of a Deployment with DAG-only deploys waits for the DAGs that belong to it. */
      readonly dagUploadWaitMs: number;
      readonly clock: Clock;
    },
  ) {}

  /**
   * @throws NotFound, Forbidden
   * @throws FeatureDisabled if the endpoint is switched off
   * @throws InvalidInput, DowngradeRefused
   */
  execute(command: { readonly actor: Actor; readonly releaseName: string; readonly deploy: ImageDeploy }): Promise<Deployment> {
    const { actor, releaseName, deploy } = command;
    return this.deps.unitOfWork.run(async (stores) => {
      const deployment = authorize(actor, await stores.deployments.lockByReleaseName(releaseName), PUSH_IMAGE);
      if (!this.deps.rules.updateDeploymentImageEndpoint) {
        throw new FeatureDisabled("astronomer.houston.config.deployments.enableUpdateDeploymentImageEndpoint");
      }
      return this.recordWithin(stores, { actor, deployment, deploy, trigger: "IMAGE_ENDPOINT" });
    });
  }

  /** The same inside a transaction that holds the Deployment's lock. */
  async recordWithin(
    stores: DeployStores,
    { actor, deployment, deploy, trigger }: {
      readonly actor: Actor;
      readonly deployment: Deployment;
      readonly deploy: ImageDeploy;
      readonly trigger: DeployTrigger;
    },
  ): Promise<Deployment> {
    const { catalogue } = this.deps.rules;
    const image = parseImage(deploy.image, deploy.imageDigest);
    const versions = this.versionsOf(deployment, deploy);
    const { head } = await placeRevisions(stores, deployment);
    refuseDowngrade(deployment, versions, catalogue);
    if (head?.status === "INITIALIZED") refuseDowngrade(head, versions, catalogue);

    const inside = airflowVersionOf({ ...versions, airflowVersion: deploy.airflowVersion ?? versions.airflowVersion }, catalogue);
    const revision = recordDeploy(
      {
        ...image,
        runtimeVersion: versions.runtimeVersion,
        airflowVersion: versions.airflowVersion ?? inside?.release ?? null,
        dagDeploymentType: deployment.dagDeploymentType,
        dagTarballVersion: keptDags({ deployment, head }),
      },
      trigger,
      { id: newId(), onto: deployment, by: actor, at: this.deps.clock(), description: checkDescription(deploy.description) },
    );
    // The DAGs that belong to it may be on their way; they are put in place together.
    const delayMs = waitsForDags(revision) ? this.deps.dagUploadWaitMs : 0;
    await appendRevision(stores, { deployment, head, revision, event: { event: "deploy_recorded" }, delayMs });
    return (await stores.deployments.lock(deployment.id)) ?? deployment;
  }

  private versionsOf(deployment: Deployment, { runtimeVersion, airflowVersion }: ImageDeploy) {
    if (runtimeVersion === undefined && airflowVersion === undefined) return deployment;
    return checkVersions(
      { runtimeVersion: runtimeVersion ?? null, airflowVersion: airflowVersion ?? null },
      this.deps.rules,
    );
  }
}
