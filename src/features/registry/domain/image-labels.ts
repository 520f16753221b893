/**
 * The labels of an image. Source: the labels of the platform's base images, of what the `astro` CLI builds, and the
 * "Pre-Defined Annotation Keys" of the OCI image specification.
 */
export interface ImageFacts {
  readonly runtimeVersion: string | undefined;
  readonly airflowVersion: string | undefined;
  /** The description of the deploy in the history. */
  readonly description: string | undefined;
  readonly source: { readonly commit: string | undefined; readonly url: string | undefined };
  /** Whether an upload of the DAGs that belong to the image will follow. */
  readonly dagsFollow: boolean;
}

export function factsFrom(labels: Readonly<Record<string, string>>): ImageFacts {
  const textOf = (label: string): string | undefined => labels[label]?.trim() || undefined;
  return {
    runtimeVersion: textOf("io.astronomer.docker.runtime.version"),
    airflowVersion: textOf("io.astronomer.docker.airflow.version"),
    description: textOf("io.astronomer.deploy.revision.description"),
    source: {
      commit: textOf("org.opencontainers.image.revision"),
      url: textOf("org.opencontainers.image.source"),
    },
    dagsFollow: textOf("io.astronomer.skip.revision") === "true",
  };
}
