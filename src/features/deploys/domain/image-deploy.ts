import type { DeploySource } from "./deploy-source";

/** An image deploy as the caller described it. */
export interface ImageDeploy {
  readonly image: string;
  readonly imageDigest?: string | undefined;
  /** Without both the image is taken to hold what the Deployment runs. */
  readonly runtimeVersion?: string | undefined;
  readonly airflowVersion?: string | undefined;
  readonly description?: string | null | undefined;
  readonly source?: DeploySource | undefined;
  /** Whether an upload of the DAGs that belong to the image follows; undefined if unknown. */
  readonly dagsFollow?: boolean | undefined;
}
