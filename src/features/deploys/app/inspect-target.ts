import type { ImageState, LookUpImage } from "../../registry";
import type { BundleState } from "../../bundles";
import type { Actor } from "../../../kernel/permissions";
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
  isWanted(target: DeployRevision): boolean {
    return this.wantsBundle(target) || this.wantsImage(target);
  }

  async execute(actor: Actor, target: DeployRevision): Promise<TargetState> {
    const { bundles, images } = this.deps;
    const [bundle, image] = await Promise.all([
      this.wantsBundle(target) ? bundles.verify(target) : null,
      this.wantsImage(target) ? images.execute(actor, target) : null,
    ]);
    return { bundle, image };
  }

  private wantsBundle({ dagTarballVersion }: DeployRevision): boolean {
    return this.deps.settings.dagTarballVersionValidation && dagTarballVersion !== null;
  }

  private wantsImage(target: DeployRevision): target is DeployRevision & { readonly imageRepository: string } {
    return this.deps.settings.imageValidation && target.imageRepository !== null;
  }
}
