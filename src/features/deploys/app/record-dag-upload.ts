import { authorize, lockDeployment, type Deployment } from "../../deployments";
import type { StoredArchive } from "../../bundles";
import { NO_IMAGE } from "../../holds";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, FeatureDisabled, LimitReached } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import { deployLogLine } from "../domain/deploy-log";
import { auditedRevision, type DeployRevision } from "../domain/deploy-revision";
import { belongsTo, contentWithDags } from "../domain/dag-upload";
import { hasSource, type DeploySource } from "../domain/deploy-source";
import { recordDeploy } from "../domain/new-revision";
import { PUSH_IMAGE } from "../domain/permissions";
import { addApplyJob, appendRevision, loadHeadCurrentAndTarget } from "./append-revision";
import { refuseHeld } from "./held-content";
import type { NoteRefusals } from "./note-refusals";
import type { DeployStores } from "./ports";
import type { RecordPushes } from "./record-pushes";

interface UploadCommand {
  readonly actor: Actor;
  readonly deploymentId: string;
  readonly archive: StoredArchive;
  readonly description: string | null;
  readonly source?: DeploySource | undefined;
}

/** Records uploaded DAGs as a deploy, and sets its rollout going. */
export class RecordDagUpload {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly dagOnlyDeployment: boolean;
      /** How long an image waits for the DAGs that belong to it. */
      readonly dagUploadWaitMs: number;
      /** Of all archives that a Deployment keeps. */
      readonly maxBundleBytes: number;
      readonly clock: Clock;
      readonly refusals: NoteRefusals;
      readonly pushes: Pick<RecordPushes, "catchUp">;
    },
  ) {}

  /**
   * Checks whether the upload would be accepted, before its bytes are read. `deployment` is the one with the release
   * name, if any.
   * @throws NotFound, Forbidden
   * @throws FeatureDisabled if DAG-only deploys are switched off
   * @throws Conflict if the Deployment gets its DAGs another way
   */
  admit(actor: Actor, deployment: Deployment | null): Deployment {
    const found = authorize(actor, deployment, PUSH_IMAGE);
    this.requireUploads(found);
    return found;
  }

  private requireUploads({ label, dagDeploymentType }: Deployment): void {
    if (!this.deps.dagOnlyDeployment) throw new FeatureDisabled("global.dagOnlyDeployment.enabled");
    if (dagDeploymentType !== "dag_deploy") {
      throw new Conflict(
        `${label} gets its DAGs by ${dagDeploymentType}: set its DAG deployment type to dag_deploy to upload them`,
      );
    }
  }

  /**
   * A line of its own, or, where the same caller has just deployed the image that these DAGs belong to, part of that
   * image's line: `astro deploy` sends both, one after the other.
   * The caller is admitted anew: uploads take as long as their clients like.
   * @throws the same as `admit`, LimitReached, ContentQuarantined if the DAGs are on hold, and Unauthenticated if the caller's credentials have ended meanwhile
   */
  async execute({ deploymentId, archive, description, source, ...command }: UploadCommand): Promise<DeployRevision> {
    const { unitOfWork, clock, dagUploadWaitMs, pushes } = this.deps;
    // The image may have been pushed a moment ago, and not be recorded yet.
    await pushes.catchUp(deploymentId);
    const recordUpload = async (stores: DeployStores): Promise<DeployRevision> => {
      const { deployment, actor } = await lockDeployment(stores, command.actor, { id: deploymentId }, PUSH_IMAGE);
      this.requireUploads(deployment);
      const [{ head, current }, holds] = await Promise.all([
        loadHeadCurrentAndTarget(stores, deployment),
        stores.holds.ofDeployment(deployment.id),
      ]);
      // An image that is being rolled out is put in place together with the DAGs.
      const { imageRepository, imageTag, imageDigest } = head?.status === "INITIALIZED" ? head : NO_IMAGE;
      // A bundle that was put on hold before archives were packed anew is known as it was uploaded.
      for (const dagBundleSha256 of [archive.sha256, archive.uploadSha256])
        refuseHeld(deployment, holds, { imageRepository, imageTag, imageDigest, dagBundleSha256 });
      const at = clock();
      await this.checkRoom(stores, deployment.id, archive);
      const { version } = await stores.bundles.add({ deploymentId: deployment.id, archive, at });
      if (head !== null && belongsTo(head, { actor, at, waitMs: dagUploadWaitMs })) {
        const completed = await this.complete(stores, deployment, head, { version, at, description, source });
        await stores.audit.add({
          actor,
          action: "deploy_revision.add_dags",
          object: auditedRevision(completed, deployment),
          details: { version },
        });
        return completed;
      }
      const { content, type } = contentWithDags(version, { deployment, head, current });
      const recorded = recordDeploy(content, "DAG_UPLOAD", {
        id: newId(),
        onto: deployment,
        by: actor,
        at,
        description,
        source,
      });
      const revision = { ...recorded, type };
      await appendRevision(stores, { deployment, head, revision, event: { event: "deploy_recorded" } });
      await stores.audit.add({
        actor,
        action: "deploy_revision.record",
        object: auditedRevision(revision, deployment),
        details: { version },
      });
      return revision;
    };
    return this.deps.refusals.around(command.actor, "DAG_UPLOAD", () => unitOfWork.run(recordUpload));
  }

  private async checkRoom(
    { bundles }: DeployStores,
    deploymentId: string,
    { sha256, sizeBytes }: StoredArchive,
  ): Promise<void> {
    const { maxBundleBytes } = this.deps;
    if ((await bundles.keptBytes(deploymentId, sha256)) + sizeBytes > maxBundleBytes) {
      throw new LimitReached(
        "The history of this Deployment keeps as many bytes of DAG archives as it may; unpin revisions or let history expire sooner",
        maxBundleBytes,
        "bundleBytesPerDeployment",
      );
    }
  }

  private async complete(
    stores: DeployStores,
    deployment: Deployment,
    head: DeployRevision,
    {
      version,
      at,
      description,
      source,
    }: {
      readonly version: string;
      readonly at: string;
      readonly description: string | null;
      readonly source: DeploySource | undefined;
    },
  ): Promise<DeployRevision> {
    const patch = {
      type: "IMAGE_AND_DAG",
      // It waits no longer.
      statusReason: null,
      dagTarballVersion: version,
      description: head.description ?? description,
      ...(hasSource(head) ? {} : source),
      updatedAt: at,
    } as const;
    const revision = { ...head, ...patch };
    await stores.revisions.update(head.id, patch);
    await stores.logs.add([deployLogLine(deployment, revision, { event: "dags_added", version }, at)]);
    await addApplyJob(stores.outbox, revision);
    return revision;
  }
}
