import type { ImageState, LookUpImage } from "../../registry";
import type { BundleState } from "../../bundles";
import type { Actor } from "../../../shared/domain/permissions";
import type { DeployRevision } from "../domain/deploy-revision";
import type { RollbackSettings } from "../domain/rollback-rules";
import type { RevisionBundles } from "./revision-bundles";

/** Whether what a rollback would bring back is still there. */
export interface TargetState {
  /** Null where the target has no DAG bundle, or nobody has looked. */
  readonly bundle: BundleState | null;
  /** Null where it has no image, or nobody has looked. */
  readonly image: ImageState | null;
}

/** Looks for a target's DAG bundle and image, as far as the installation wants that. */
export class InspectTarget {
  constructor(
    private readonly deps: {
      readonly bundles: RevisionBundles;
      readonly images: LookUpImage;
      readonly settings: Pick<RollbackSettings, "dagTarballVersionValidation" | "imageValidation">;
    },
  ) {}

  /** Whether there is anything to look for. */
  get isWanted(): boolean {
    return this.deps.settings.dagTarballVersionValidation || this.deps.settings.imageValidation;
  }

  async execute(actor: Actor, target: DeployRevision): Promise<TargetState> {
    const { bundles, images, settings } = this.deps;
    const { imageRepository, imageTag, imageDigest } = target;
    const [bundle, image] = await Promise.all([
      settings.dagTarballVersionValidation ? bundles.verify(target) : null,
      settings.imageValidation && imageRepository !== null ? images.execute(actor, { imageRepository, imageTag, imageDigest }) : null,
    ]);
    return { bundle, image };
  }
}
