import type { LookUpImage } from "../../registry";
import { InvalidInput, Unavailable } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import type { ImageDeploy } from "../domain/image-deploy";
import { parseImage } from "../domain/image-reference";

/** Looks an image up before it is deployed, where the installation wants that. */
export class VerifyImage {
  constructor(private readonly deps: { readonly images: LookUpImage; readonly enabled: boolean }) {}

  /**
   * Returns the deploy with the image's digest. Called before the Deployment is locked: a registry can be slow.
   * @param mayDeploy whether the actor may deploy there; the registry is not asked otherwise
   * @throws InvalidInput if the image is not there, or in a registry that is not asked
   * @throws Unavailable if the registry does not answer
   */
  async execute(actor: Actor, deploy: ImageDeploy, mayDeploy: () => Promise<boolean>): Promise<ImageDeploy> {
    const { images, enabled } = this.deps;
    if (!enabled || !(await mayDeploy())) return deploy;
    const found = await images.execute(actor, parseImage(deploy.image, deploy.imageDigest));
    switch (found.kind) {
      case "FOUND":
        return { ...deploy, imageDigest: found.digest };
      case "MISSING":
        throw new InvalidInput("image", "is not in its registry, or not yours to deploy");
      case "UNVERIFIED": {
        if (found.because === "NO_ANSWER") throw new Unavailable(`The image cannot be verified: ${found.reason}`);
        throw new InvalidInput(
          "image",
          `cannot be verified: ${found.reason} (astronomer.houston.config.registry.anonymousHosts, credentialsFile)`,
        );
      }
    }
  }
}
