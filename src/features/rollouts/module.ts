import { join } from "node:path";
import type { DataSource } from "typeorm";
import type { Config, RolloutDriverName } from "../../config";
import type { Clock } from "../../kernel/clock";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import type { BundleReadModel, CleanUpArchives, UnpackBundle } from "../bundles";
import type { Deployment, DeploymentReadModel, DeploymentSecrets } from "../deployments";
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
import { readSecrets } from "./app/read-secrets";
import { RolloutStepsSql } from "./db/rollout-step-store";
import { FilesystemDriver } from "./drivers/filesystem-driver";
import { RolloutStepsResolver } from "./graphql/rollout-steps.resolver";
import { rolloutJobs } from "./jobs/rollout-jobs";

export { RolloutStepRow } from "./db/rollout-step.row";

export interface RolloutsModuleOptions {
  readonly config: Pick<Config, "dataDir" | "workers" | "rollouts" | "deployments">;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly metrics: RolloutMetrics;
  readonly installation: InstallationReader;
  readonly bundles: {
    readonly readModel: BundleReadModel;
    readonly unpack: UnpackBundle;
    readonly cleanUp: CleanUpArchives;
  };
  readonly deployments: {
    readonly readModel: DeploymentReadModel;
    readonly secretsOf: (deployment: Deployment) => DeploymentSecrets;
  };
  readonly deploys: { readonly unitOfWork: UnitOfWork<DeployStores>; readonly readModel: RevisionReadModel };
  /** In place of the configured driver, or made around it. */
  readonly driver: RolloutDriver | ((configured: RolloutDriver) => RolloutDriver) | undefined;
}

export function createRolloutsModule(options: RolloutsModuleOptions) {
  const { config, clock, metrics, installation, bundles, deployments } = options;
  const { unitOfWork, readModel } = options.deploys;
  const root = join(config.dataDir, "releases");
  const drivers: Record<RolloutDriverName, () => RolloutDriver> = {
    filesystem: () => new FilesystemDriver(root, new BundleTrees(bundles.unpack)),
  };
  const configured = drivers[config.rollouts.driver]();
  const driver = typeof options.driver === "function" ? options.driver(configured) : (options.driver ?? configured);
  const { defaultRuntimeRepository, defaultAirflowRepository } = config.deployments;
  const repositories = { runtime: defaultRuntimeRepository, airflow: defaultAirflowRepository };
  const { retryCount, outageMinutes } = config.workers;
  const attempts = 1 + retryCount;
  const steps = new RolloutStepsSql(sqlOf(options.dataSource));
  const secretsOf = readSecrets(deployments.secretsOf);
  const apply = new ApplyRevision({
    unitOfWork,
    readModel,
    driver,
    steps,
    secretsOf,
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
    secretsOf,
    repositories,
  });
  const resume = new ResumeRollouts({ unitOfWork, readModel, clock });
  return {
    apply,
    beginEpoch: new BeginEpoch({ unitOfWork, readModel }),
    findReleasesAhead: new FindReleasesAhead({ driver, deployments: deployments.readModel, installation }),
    /** Of the folder that the driver writes to. */
    claim: new ClaimPlace({ marks: new FolderMarks(root), installation }),
    jobs: rolloutJobs({
      apply,
      reconcile,
      resume,
      driver,
      archives: bundles.cleanUp,
      exists: async (deploymentId) => (await deployments.readModel.find(deploymentId)) !== null,
    }),
    resolvers: [new RolloutStepsResolver(steps)],
    /** Removes what interrupted rollouts have left. */
    tidy: () => driver.tidy(),
  };
}
