import { imageReference, type DeployContent } from "./deploy-revision";

/** Repositories of the images that a Deployment runs before its first image deploy. */
export interface DefaultRepositories {
  readonly runtime: string;
  /** Of Airflow without a Runtime. */
  readonly airflow: string;
}

/**
 * The image of a revision that names none, such as the first upload of DAGs: that of its Runtime, or of its Airflow.
 * Null where no version is known either. Source of the tags: `runtimeReleases` and the README of
 * github.com/astronomer/ap-airflow.
 */
export function defaultImage(
  { runtimeVersion, airflowVersion }: Pick<DeployContent, "runtimeVersion" | "airflowVersion">,
  repositories: DefaultRepositories,
): { readonly repository: string; readonly tag: string; readonly digest: null } | null {
  if (runtimeVersion !== null) return { repository: repositories.runtime, tag: runtimeVersion, digest: null };
  if (airflowVersion !== null)
    return { repository: repositories.airflow, tag: `${airflowVersion}-onbuild`, digest: null };
  return null;
}

/** The name of the image that runs: the revision's own, or the default one. */
export function runningImage(content: DeployContent, repositories: DefaultRepositories): string | null {
  const image = defaultImage(content, repositories);
  return imageReference(content) ?? (image === null ? null : `${image.repository}:${image.tag}`);
}
