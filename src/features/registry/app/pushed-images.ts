import { factsFrom, type ImageFacts } from "../domain/image-labels";
import { repositoryOf } from "../domain/repository";
import type { Registry } from "./ports";

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
   */
  async factsOf(releaseName: string, digest: string): Promise<ImageFacts | null> {
    const labels = await this.registry.labelsOf(repositoryOf(releaseName), digest);
    return labels === null ? null : factsFrom(labels);
  }
}
