import { factsFrom, type ImageFacts } from "../domain/image-labels";
import { repositoryOf } from "../domain/repository";
import { NoImage, type Registry } from "./ports";

/** The images of Deployments in the installation's own registry. */
export class PushedImages {
  constructor(
    private readonly registry: Registry,
    /** The host in the names of its images. */
    private readonly host: string,
  ) {}

  /** `host/releaseName/airflow:tag@digest` */
  nameOf({
    releaseName,
    tag,
    digest,
  }: {
    readonly releaseName: string;
    readonly tag: string;
    readonly digest: string;
  }): string {
    return `${this.host}/${repositoryOf(releaseName)}:${tag}@${digest}`;
  }

  /**
   * What the image says of itself; null where the registry does not hold it. @throws RegistryUnavailable,
   * ImageUnreadable
   * @throws NoImage if the registry holds something else under the digest
   */
  async factsOf(releaseName: string, digest: string): Promise<ImageFacts | null> {
    const content = await this.registry.contentOf(repositoryOf(releaseName), digest);
    if (content?.kind === "OTHER") throw new NoImage(content.what);
    return content === null ? null : factsFrom(content.labels);
  }
}
