import { join } from "node:path";
import type { Config } from "../../config";
import type { Clock } from "../../kernel/clock";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import type { BundleReadModel, CleanUpArchives, UnpackBundle } from "../bundles";
import type { DeploymentReadModel } from "../deployments";
import type { DeployStores, RevisionReadModel } from "../deploys";
import { ClaimPlace, FolderMarks, type InstallationReader } from "../installation";
import { ApplyRevision } from "./app/apply-revision";
import { BeginEpoch } from "./app/begin-epoch";
import { BundleTrees } from "./app/bundle-trees";
import { FindReleasesAhead } from "./app/find-releases-ahead";
import type { RolloutMetrics } from "./app/ports";
import { ReconcileDeployment } from "./app/reconcile-deployment";
import { ResumeRollouts } from "./app/resume-rollouts";
import type { RolloutDriver } from "./app/rollout-driver";
import { FilesystemDriver } from "./drivers/filesystem-driver";
import { rolloutJobs } from "./jobs/rollout-jobs";

export interface RolloutsModuleOptions {
  readonly config: Pick<Config, "dataDir" | "workers" | "deployments">;
  readonly clock: Clock;
  readonly metrics: RolloutMetrics;
  readonly installation: InstallationReader;
  readonly bundles: {
    readonly readModel: BundleReadModel;
    readonly unpack: UnpackBundle;
    readonly cleanUp: CleanUpArchives;
  };
  readonly deployments: DeploymentReadModel;
  readonly deploys: { readonly unitOfWork: UnitOfWork<DeployStores>; readonly readModel: RevisionReadModel };
  /** In place of the configured driver, or made around it. */
  readonly driver: RolloutDriver | ((configured: RolloutDriver) => RolloutDriver) | undefined;
}

export function createRolloutsModule(options: RolloutsModuleOptions) {
  const { config, clock, metrics, installation, bundles, deployments } = options;
  const { unitOfWork, readModel } = options.deploys;
  const root = join(config.dataDir, "releases");
  const configured = new FilesystemDriver(root, new BundleTrees(bundles.unpack));
  const driver = typeof options.driver === "function" ? options.driver(configured) : (options.driver ?? configured);
  const { defaultRuntimeRepository, defaultAirflowRepository } = config.deployments;
  const repositories = { runtime: defaultRuntimeRepository, airflow: defaultAirflowRepository };
  const { retryCount, outageMinutes } = config.workers;
  const attempts = 1 + retryCount;
  const apply = new ApplyRevision({
    unitOfWork,
    readModel,
    driver,
    repositories,
    clock,
    attempts,
    outageMs: outageMinutes * 60_000,
    metrics,
  });
  const reconcile = new ReconcileDeployment({
    revisions: readModel,
    bundles: bundles.readModel,
    installation,
    driver,
    repositories,
  });
  const resume = new ResumeRollouts({ unitOfWork, readModel, clock });
  return {
    apply,
    beginEpoch: new BeginEpoch({ unitOfWork, readModel }),
    findReleasesAhead: new FindReleasesAhead({ driver, deployments, installation }),
    /** Of the folder that the driver writes to. */
    claim: new ClaimPlace({ marks: new FolderMarks(root), installation }),
    jobs: rolloutJobs({ apply, reconcile, resume, driver, archives: bundles.cleanUp }),
    /** Removes what interrupted rollouts have left. */
    tidy: () => driver.tidy(),
  };
}
