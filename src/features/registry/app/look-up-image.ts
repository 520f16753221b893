import type { DeploymentReadModel } from "../../deployments";
import type { Actor } from "../../../kernel/permissions";
import { locateImage, type ImageLocation } from "../domain/image-location";
import type { ImageState } from "../domain/image-state";
import { releaseNameOf } from "../domain/repository";
import { mayUseRepositoryOf } from "../domain/token-access";
import { ImageUnreadable, RegistryUnavailable, type Registry } from "./ports";

export interface NamedImage {
  readonly imageRepository: string;
  readonly imageTag: string | null;
  /** Looked up in place of the tag if known: a tag may have been moved. */
  readonly imageDigest: string | null;
}

/** Whether images are where their names say. */
export class LookUpImage {
  constructor(
    private readonly deps: {
      readonly deployments: Pick<DeploymentReadModel, "findManyByReleaseName">;
      /** The installation's own registry, and the host in the names of its images. */
      readonly own: Registry;
      readonly ownHost: string;
      /** Whether the installation has a registry, which notifies this service of pushes. */
      readonly ownIsSetUp: boolean;
      readonly baseImages: readonly string[];
      /** Null for what the configuration does not allow: the caller of a deploy chooses host and repository. */
      readonly others: (location: ImageLocation) => Registry | null;
    },
  ) {}

  async execute(actor: Actor, image: NamedImage): Promise<ImageState> {
    const location = locateImage(image.imageRepository);
    const isOwn = this.isOwn(location);
    const registry = isOwn ? this.deps.own : this.deps.others(location);
    if (registry === null) {
      return {
        kind: "UNVERIFIED",
        because: "UNKNOWN_REGISTRY",
        reason: `${location.host} is no registry that this installation asks for ${location.repository}`,
      };
    }
    if (isOwn && !(await this.mayUse(actor, location))) return { kind: "MISSING" };
    return this.ask(registry, location, image);
  }

  /** Like `execute`, but asks no other registry; null where it is not in the installation's own, or not the actor's. */
  async inOwnRegistry(actor: Actor, image: NamedImage): Promise<ImageState | null> {
    const location = locateImage(image.imageRepository);
    const { own, ownIsSetUp } = this.deps;
    if (!ownIsSetUp || !this.isOwn(location) || !(await this.mayUse(actor, location))) return null;
    return this.ask(own, location, image);
  }

  private isOwn({ host }: ImageLocation): boolean {
    return host === this.deps.ownHost.toLowerCase();
  }

  private async ask(
    registry: Registry,
    location: ImageLocation,
    { imageTag, imageDigest }: NamedImage,
  ): Promise<ImageState> {
    try {
      const digest = await registry.digestOf(location.repository, imageDigest ?? imageTag ?? "latest");
      return digest === null ? { kind: "MISSING" } : { kind: "FOUND", digest };
    } catch (error) {
      if (!(error instanceof RegistryUnavailable || error instanceof ImageUnreadable)) throw error;
      return { kind: "UNVERIFIED", because: "NO_ANSWER", reason: error.message };
    }
  }

  private async mayUse(actor: Actor, { repository }: ImageLocation): Promise<boolean> {
    if (this.deps.baseImages.includes(repository)) return true;
    const releaseName = releaseNameOf(repository);
    const [deployment] = releaseName === null ? [] : await this.deps.deployments.findManyByReleaseName([releaseName]);
    return deployment !== undefined && mayUseRepositoryOf(deployment, actor, "pull");
  }
}
