import type { BundleState } from "../../bundles";
import { authorize, type DeploymentReadModel } from "../../deployments";
import { PUSH_IMAGE, type DeployRevision, type RevisionBundles, type RevisionReadModel } from "../../deploys";
import type { Hold } from "../../holds";
import type { ImageState, LookUpImage } from "../../registry";
import { isId, isSameId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import type { RollbackParts, RollbackSettings } from "../domain/rollback-question";

/** Whether the DAG bundle and the image of a target are still there. */
export interface TargetState {
  /** Null where the target has no DAG bundle, or it was not looked up. */
  readonly bundle: BundleState | null;
  /** Null where it has no image of its own, or it was not looked up. */
  readonly image: ImageState | null;
}

/** What the rules ask of a target besides its record. */
export interface KnownTarget extends TargetState {
  /** The hold against putting it in place; null if there is none. */
  readonly hold: Hold | null;
  readonly parts?: RollbackParts | undefined;
  readonly ranTogether?: boolean | undefined;
}

export const NOT_INSPECTED: TargetState = { bundle: null, image: null };

/**
 * Looks for a target's DAG bundle and image. Images in the installation's own registry are always looked for, those of
 * other registries only where the installation wants that.
 */
export class InspectTarget {
  constructor(
    private readonly deps: {
      readonly readModel: Pick<RevisionReadModel, "findMany">;
      readonly deployments: Pick<DeploymentReadModel, "find">;
      readonly bundles: RevisionBundles;
      readonly images: LookUpImage;
      readonly settings: Pick<RollbackSettings, "dagTarballVersionValidation" | "imageValidation">;
    },
  ) {}

  /**
   * Inspects the target of a rollback before its Deployment is locked: reading a bundle or asking a registry can take
   * seconds. What a deployed revision holds never changes, so the result is still true then. An unknown target is not
   * refused here.
   * @throws NotFound, Forbidden if the actor may not roll the Deployment back
   */
  async beforeLock(
    actor: Actor,
    {
      deploymentId,
      revisionId,
      parts = "ALL",
    }: {
      readonly deploymentId: string;
      readonly revisionId: string | undefined;
      readonly parts?: RollbackParts | undefined;
    },
  ): Promise<TargetState> {
    const { deployments, readModel } = this.deps;
    if (revisionId === undefined || !isId(revisionId)) return NOT_INSPECTED;
    const [[target], deployment] = await Promise.all([
      readModel.findMany([revisionId]),
      deployments.find(deploymentId),
    ]);
    if (target === undefined || !isSameId(target.deploymentId, deploymentId) || !this.isWanted(target))
      return NOT_INSPECTED;
    authorize(actor, deployment, PUSH_IMAGE);
    return this.inspect(actor, target, parts);
  }

  /** Looks for the parts of the target that are to be restored; the others run. */
  async inspect(actor: Actor, target: DeployRevision, parts: RollbackParts = "ALL"): Promise<TargetState> {
    const { bundles, images, settings } = this.deps;
    const [bundle, image] = await Promise.all([
      parts !== "IMAGE" && this.wantsBundle(target) ? bundles.verifyChecksum(target) : null,
      parts !== "DAGS" && hasImage(target)
        ? settings.imageValidation
          ? images.execute(actor, target)
          : images.inOwnRegistry(actor, target)
        : null,
    ]);
    return { bundle, image };
  }

  private isWanted(target: DeployRevision): boolean {
    return this.wantsBundle(target) || hasImage(target);
  }

  private wantsBundle({ dagTarballVersion }: DeployRevision): boolean {
    return this.deps.settings.dagTarballVersionValidation && dagTarballVersion !== null;
  }
}

const hasImage = (target: DeployRevision): target is DeployRevision & { readonly imageRepository: string } =>
  target.imageRepository !== null;
