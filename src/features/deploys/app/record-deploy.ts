import {
  checkVersions,
  givenVersions,
  lockDeployment,
  refuseDowngrade,
  type Deployment,
  type DeploymentReadModel,
  type DeploymentRules,
} from "../../deployments";
import { airflowVersionOf, isUnknownRelease, type PlatformVersions } from "../../runtimes";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { FeatureDisabled } from "../../../kernel/errors";
import { plusMs } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { keptDags, waitsForDags } from "../domain/dag-upload";
import { waitingForDags } from "../domain/deploy-log";
import { auditedRevision, type DeployRevision, type DeployTrigger } from "../domain/deploy-revision";
import type { ImageDeploy } from "../domain/image-deploy";
import { parseImage } from "../domain/image-reference";
import { checkDescription, recordDeploy } from "../domain/new-revision";
import { mayPush, PUSH_IMAGE } from "../domain/permissions";
import { appendRevision, loadHeadCurrentAndTarget } from "./append-revision";
import { refuseHeld } from "./held-content";
import type { NoteRefusals } from "./note-refusals";
import type { DeployStores } from "./ports";
import type { VerifyImage } from "./verify-image";

/** Records an image that is already in a registry as a new deploy, and sets its rollout going. */
export class RecordDeploy {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly rules: DeploymentRules & { readonly updateDeploymentImageEndpoint: boolean };
      /** How long an image of a Deployment with DAG-only deploys waits for the DAGs that belong to it. */
      readonly dagUploadWaitMs: number;
      readonly deployments: Pick<DeploymentReadModel, "findByReleaseName">;
      readonly verify: VerifyImage;
      readonly refusals: NoteRefusals;
      readonly clock: Clock;
    },
  ) {}

  /**
   * @throws Unauthenticated if the caller's credentials have ended meanwhile
   * @throws NotFound, Forbidden
   * @throws FeatureDisabled if the endpoint is switched off
   * @throws InvalidInput, DowngradeRefused
   * @throws ContentQuarantined if the image is on hold
   * @throws Unavailable if the image has to be verified, and its registry does not answer
   */
  async execute(command: {
    readonly actor: Actor;
    readonly releaseName: string;
    readonly deploy: ImageDeploy;
  }): Promise<Deployment> {
    const { releaseName } = command;
    const deploy = await this.deps.verify.execute(command.actor, command.deploy, async () => {
      const deployment = await this.deps.deployments.findByReleaseName(releaseName);
      return deployment !== null && this.deps.rules.updateDeploymentImageEndpoint && mayPush(command.actor, deployment);
    });
    const recordImage = async (stores: DeployStores): Promise<Deployment> => {
      const { deployment, actor } = await lockDeployment(stores, command.actor, { releaseName }, PUSH_IMAGE);
      if (!this.deps.rules.updateDeploymentImageEndpoint) {
        throw new FeatureDisabled("astronomer.houston.config.deployments.enableUpdateDeploymentImageEndpoint");
      }
      const { revision, deployment: deployed } = await this.recordWithin(stores, {
        actor,
        deployment,
        deploy,
        trigger: "IMAGE_ENDPOINT",
      });
      const { image } = deploy;
      await stores.audit.add({
        actor,
        action: "deploy_revision.record",
        object: auditedRevision(revision, deployment),
        details: { image },
      });
      return deployed;
    };
    const { refusals, unitOfWork } = this.deps;
    return refusals.around(command.actor, "IMAGE_ENDPOINT", () => unitOfWork.run(recordImage));
  }

  /** The same inside a transaction that holds the Deployment's lock, and writes the audit line. */
  async recordWithin(
    stores: DeployStores,
    {
      actor,
      deployment,
      deploy,
      trigger,
    }: {
      readonly actor: Actor;
      readonly deployment: Deployment;
      readonly deploy: ImageDeploy;
      readonly trigger: DeployTrigger;
    },
  ): Promise<{ readonly deployment: Deployment; readonly revision: DeployRevision }> {
    const { catalogue } = this.deps.rules;
    const image = parseImage(deploy.image, deploy.imageDigest);
    const given = givenVersions(deploy);
    const isGiven = given.runtimeVersion !== null || given.airflowVersion !== null;
    // Without versions, the image is assumed to hold what the Deployment runs.
    const versions: PlatformVersions = isGiven ? checkVersions(given, this.deps.rules) : deployment;
    const [{ head }, holds] = await Promise.all([
      loadHeadCurrentAndTarget(stores, deployment),
      stores.holds.ofDeployment(deployment.id),
    ]);
    const dagTarballVersion = keptDags({ deployment, head });
    if (holds.length > 0) {
      // Live DAGs stay as they are; those of an upload that is being rolled out are put in place with the image.
      const isLive = dagTarballVersion === deployment.dagTarballVersion;
      const dags =
        isLive || dagTarballVersion === null ? null : await stores.bundles.find(deployment.id, dagTarballVersion);
      refuseHeld(deployment, holds, { ...image, dagBundleSha256: dags?.sha256 ?? null });
    }
    // Before the first rollout nothing runs, so there is nothing to downgrade.
    const hasRun = deployment.currentRevisionId !== null;
    if (hasRun) refuseDowngrade(deployment, versions, { catalogue, hasRun });
    if (head?.status === "INITIALIZED") refuseDowngrade(head, versions, { catalogue, hasRun });

    const inside = airflowVersionOf(
      { ...versions, airflowVersion: given.airflowVersion ?? versions.airflowVersion },
      catalogue,
    );
    const recorded = recordDeploy(
      {
        ...image,
        runtimeVersion: versions.runtimeVersion,
        airflowVersion: versions.airflowVersion ?? inside?.release ?? null,
        dagDeploymentType: deployment.dagDeploymentType,
        dagTarballVersion,
      },
      trigger,
      {
        id: newId(),
        onto: deployment,
        by: actor,
        at: this.deps.clock(),
        description: checkDescription(deploy.description),
        source: deploy.source,
      },
    );
    // The DAGs that belong to it may be on their way; they are put in place together.
    const delayMs = waitsForDags(recorded) && deploy.dagsFollow !== false ? this.deps.dagUploadWaitMs : 0;
    const waitsUntil = delayMs === 0 ? undefined : plusMs(recorded.createdAt, delayMs);
    const revision = { ...recorded, statusReason: waitsUntil === undefined ? null : waitingForDags(waitsUntil) };
    await appendRevision(stores, {
      deployment,
      head,
      revision,
      event: {
        event: "deploy_recorded",
        waitsUntil,
        isUnknownRelease: isGiven && isUnknownRelease(versions, catalogue),
      },
      delayMs,
    });
    return { deployment: (await stores.deployments.lock(deployment.id)) ?? deployment, revision };
  }
}
