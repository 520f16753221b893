/** The labels of an image. Source: the labels of the platform's base images, and of what the `astro` CLI builds. */
export interface ImageFacts {
  readonly runtimeVersion: string | undefined;
  readonly airflowVersion: string | undefined;
  /** The description of the deploy in the history. */
  readonly description: string | undefined;
  /** Whether an upload of the DAGs that belong to the image will follow. */
  readonly dagsFollow: boolean;
}

export function factsFrom(labels: Readonly<Record<string, string>>): ImageFacts {
  const textOf = (label: string): string | undefined => labels[label]?.trim() || undefined;
  return {
    runtimeVersion: textOf("io.astronomer.docker.runtime.version"),
    airflowVersion: textOf("io.astronomer.docker.airflow.version"),
    description: textOf("io.astronomer.deploy.revision.description"),
    dagsFollow: textOf("io.astronomer.skip.revision") === "true",
  };
}
