import type { ReleaseImage } from "./release-state";

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
  {
    runtimeVersion,
    airflowVersion,
  }: { readonly runtimeVersion: string | null; readonly airflowVersion: string | null },
  repositories: DefaultRepositories,
): ReleaseImage | null {
  if (runtimeVersion !== null) return { repository: repositories.runtime, tag: runtimeVersion, digest: null };
  if (airflowVersion !== null)
    return { repository: repositories.airflow, tag: `${airflowVersion}-onbuild`, digest: null };
  return null;
}
