/** The desired state of a release: what was deployed, and the Deployment's present settings. */
export interface ReleaseState {
  readonly releaseName: string;
  readonly namespace: string;
  readonly chartVersion: string;
  readonly workspaceId: string;
  readonly deploymentId: string;
  readonly revisionId: string;
  readonly revisionNumber: number;
  readonly installationId: string;
  /** The installation's epoch, which grows with each restore of its database. */
  readonly epoch: number;
  /**
   * The newest revision when this state was worked out, be it this one or one that failed. A driver never lets
   * a lower generation of an epoch replace a higher, and never an earlier epoch a later. At one generation an older
   * revision is never replaced by the newest: it was put back after that one had ended.
   */
  readonly generation: number;
  readonly image: ReleaseImage | null;
  readonly runtimeVersion: string | null;
  /** The Airflow version in the image; null if unknown. */
  readonly airflowVersion: string | null;
  readonly executor: string;
  readonly dagDeploymentType: string;
  readonly dagDeployment: Readonly<Record<string, unknown>>;
  readonly dagTarballVersion: string | null;
  /** Checksum of the DAG bundle that is to be live; null: there are no DAGs outside of the image. */
  readonly dagBundleSha256: string | null;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Secrets have no value here: a driver sees only that they exist. */
  readonly environmentVariables: readonly {
    readonly key: string;
    readonly value: string;
    readonly isSecret: boolean;
  }[];
  readonly cloudRole: string | null;
}

interface ReleaseImage {
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}
