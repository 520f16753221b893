import type { Deployment } from "./deployment";

export interface Address {
  /** `airflow`, `flower` or `dagserver`: what the `astro` CLI looks for. */
  readonly type: string;
  readonly url: string;
}

/**
 * Where a Deployment is reached from outside. The CLI posts DAGs to the `dagserver` as it is given here, and to the
 * host of `airflow`, always by https, where there is none.
 */
export function addressesOf(
  { releaseName, executor, dagDeploymentType }: Pick<Deployment, "releaseName" | "executor" | "dagDeploymentType">,
  publicUrl: string,
): Address[] {
  const base = `${publicUrl.replace(/\/+$/, "")}/${releaseName}`;
  return [
    { type: "airflow", url: `${base}/airflow` },
    ...(executor === "CeleryExecutor" ? [{ type: "flower", url: `${base}/flower` }] : []),
    ...(dagDeploymentType === "dag_deploy" ? [{ type: "dagserver", url: `${base}/dags/upload` }] : []),
  ];
}
