import type { AuditObject } from "../../../kernel/audit-entry";
import type { Instant } from "../../../kernel/instant";

export const EXECUTORS = ["LocalExecutor", "CeleryExecutor", "KubernetesExecutor"] as const;
export type Executor = (typeof EXECUTORS)[number];

/** How DAG files reach a Deployment: inside the image, from an NFS volume, from git, or uploaded by themselves. */
export const DAG_DEPLOYMENT_TYPES = ["image", "volume", "git_sync", "dag_deploy"] as const;
export type DagDeploymentType = (typeof DAG_DEPLOYMENT_TYPES)[number];

/** A secret's value is kept only in its sealed form. */
export type EnvironmentVariable =
  | { readonly key: string; readonly isSecret: false; readonly value: string }
  /** Without `sealed` it was written by a version that kept the plain value; the next start seals it. */
  | { readonly key: string; readonly isSecret: true; readonly sealed?: string };

/** A variable as it may be shown: a secret's value is empty. */
export interface ShownVariable {
  readonly key: string;
  readonly value: string;
  readonly isSecret: boolean;
}

/** Settings of the DAG mechanism beside its type, by the dialect's names; the private key as `sealedSshKey`. */
export type DagDeploymentSettings = Readonly<Record<string, string | number>>;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Replicas and resources per component: workers, webserver, scheduler, triggerer. */
export type Components = Readonly<Record<string, JsonObject>>;

/** One Airflow installation: its settings, what it runs, and the position of its deploy history. */
export interface Deployment {
  readonly id: string;
  readonly workspaceId: string;
  readonly label: string;
  readonly description: string | null;
  /** Unique and immutable; ties together the Helm release, the namespace and the log index. */
  readonly releaseName: string;
  readonly namespace: string;
  readonly chartVersion: string;
  readonly executor: Executor;
  /** What runs. Exactly one of the two is set: an Airflow image has no Runtime. */
  readonly runtimeVersion: string | null;
  readonly airflowVersion: string | null;
  /** The requested version that is not deployed yet; null if none is pending. */
  readonly pendingRuntimeVersion: string | null;
  readonly pendingAirflowVersion: string | null;
  readonly dagDeploymentType: DagDeploymentType;
  readonly dagDeployment: DagDeploymentSettings;
  /** The DAG bundle that is live; null if there is none, and from a change of the mechanism to the next upload. */
  readonly dagTarballVersion: string | null;
  readonly components: Components;
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly config: JsonObject;
  readonly properties: JsonObject;
  readonly cloudRole: string | null;
  /** `{ sealed }`: the credentials are a secret as a whole. */
  readonly dockerConfigJson: JsonObject | null;
  readonly rollbackEnabled: boolean;
  /** The number of the newest revision. */
  readonly lastRevisionNumber: number;
  /** The newest revision. */
  readonly headRevisionId: string | null;
  /** The revision that runs. */
  readonly currentRevisionId: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** As the audit trail names it. */
export const auditedDeployment = ({
  id,
  label,
  workspaceId,
}: Pick<Deployment, "id" | "label" | "workspaceId">): AuditObject => ({
  type: "deployment",
  id,
  label,
  workspaceId,
  deploymentId: id,
});

/** The chart whose values a rollout writes: the official one of Apache Airflow. */
export const AIRFLOW_CHART_VERSION = "1.15.0";

export const desiredRuntimeVersion = (deployment: Deployment): string | null =>
  deployment.pendingRuntimeVersion ?? deployment.runtimeVersion;

export const desiredAirflowVersion = (deployment: Deployment): string | null =>
  deployment.pendingAirflowVersion ?? (deployment.runtimeVersion === null ? deployment.airflowVersion : null);
