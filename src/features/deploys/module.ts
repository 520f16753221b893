import type { FastifyInstance } from "fastify";
import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { Clock } from "../../shared/app/clock";
import type { UnitOfWork } from "../../shared/app/unit-of-work";
import { sqlOf } from "../../shared/db/data-source";
import { createUnitOfWork } from "../../shared/db/unit-of-work";
import type { Actor } from "../../shared/domain/permissions";
import type { GraphqlContext } from "../../shared/graphql/context";
import type { BundleReadModel, BundleRecords, BundleStore, CheckBundle, CleanUpArchives, CompareBundles, ReceiveBundle } from "../bundles";
import type { CreateDeployment, DeploymentReadModel, DeploymentRules, DeploymentStores, UpdateDeployment } from "../deployments";
import type { DeploymentLoaders } from "../deployments/graphql";
import type { RolloutDriver } from "../rollouts";
import { ApplyRevision } from "./app/apply-revision";
import { CleanUp } from "./app/clean-up";
import { HistoryQueries } from "./app/history-queries";
import type { DeployMetrics, DeployStores } from "./app/ports";
import { ReconcileDeployment } from "./app/reconcile-deployment";
import { RecordDagUpload } from "./app/record-dag-upload";
import { RecordDeploy } from "./app/record-deploy";
import { ResumeRollouts } from "./app/resume-rollouts";
import { RevisionBundles } from "./app/revision-bundles";
import { RollbackDeploy } from "./app/rollback-deploy";
import { UpsertDeployment } from "./app/upsert-deployment";
import { RevisionCleanupSql } from "./db/revision-cleanup";
import { RevisionReadModelSql } from "./db/revision-read-model";
import { IdempotencyKeysSql, RevisionStatements, RevisionStoreSql } from "./db/revision-store";
import type { RollbackSettings } from "./domain/rollback-rules";
import { deployLoaders } from "./graphql/deploy.loaders";
import { DeploymentHistoryResolver } from "./graphql/deployment-history.resolver";
import { ConnectionResolver, DagFileResolver, DeployRevisionResolver, HistoryQueryResolver, PaginatedResolver } from "./graphql/history.resolvers";
import { ImageDeployResolver } from "./graphql/image-deploy.resolver";
import { RollbackResolver } from "./graphql/rollback.resolver";
import { dagDownloadRoutes } from "./http/dag-download-routes";
import { dagUploadRoutes } from "./http/dag-upload-routes";
import { deployJobs } from "./jobs/deploy-jobs";

export { DeployRevisionRow, IdempotencyKeyRow } from "./db/deploy-revision.row";

export interface DeploysModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly driver: RolloutDriver;
  readonly metrics: DeployMetrics;
  readonly bundles: {
    readonly records: (manager: EntityManager) => BundleRecords;
    readonly readModel: BundleReadModel;
    readonly check: CheckBundle;
    readonly compare: CompareBundles;
    readonly cleanUp: CleanUpArchives;
    readonly receive: ReceiveBundle;
    readonly store: BundleStore;
  };
  readonly deployments: {
    readonly rules: DeploymentRules;
    readonly stores: (manager: EntityManager) => DeploymentStores;
    readonly readModel: DeploymentReadModel;
    readonly createIn: (transactions: UnitOfWork<DeployStores>) => CreateDeployment<DeployStores>;
    readonly updateIn: (transactions: UnitOfWork<DeployStores>) => UpdateDeployment<DeployStores>;
    readonly loaders: (context: GraphqlContext) => DeploymentLoaders;
  };
  /** What else ages with the history; see CleanUp. */
  readonly cleanedUpAlong: readonly ((now: string, before: string) => Promise<void>)[];
}

export type DeploysModule = ReturnType<typeof createDeploysModule>;

export function createDeploysModule(options: DeploysModuleOptions) {
  const { config, dataSource, clock, driver, metrics, bundles, deployments } = options;
  const { rules } = deployments;
  const settings = rollbackSettings(config);
  const dagUploadWaitMs = config.bundles.uploadWaitSeconds * 1_000;
  const statements = new RevisionStatements(dataSource);
  const unitOfWork = createUnitOfWork(dataSource, (manager): DeployStores => ({
    ...deployments.stores(manager),
    bundles: bundles.records(manager),
    revisions: new RevisionStoreSql(manager, statements),
    idempotencyKeys: new IdempotencyKeysSql(manager),
  }));
  const readModel = new RevisionReadModelSql(dataSource, deployments.readModel);
  const revisionBundles = new RevisionBundles({ bundles: bundles.readModel, check: bundles.check, compare: bundles.compare });
  const queries = new HistoryQueries({
    readModel,
    bundles: revisionBundles,
    settings,
    catalogue: rules.catalogue,
    clock,
    maxTake: config.deployments.maxDeployRevisionPage,
  });
  const record = new RecordDeploy({
    unitOfWork,
    rules: { ...rules, updateDeploymentImageEndpoint: settings.updateDeploymentImageEndpoint },
    dagUploadWaitMs,
    clock,
  });
  const recordDags = new RecordDagUpload({ unitOfWork, dagOnlyDeployment: config.deployments.dagOnlyDeployment, dagUploadWaitMs, clock });
  const rollback = new RollbackDeploy({ unitOfWork, readModel, bundles: bundles.check, settings, catalogue: rules.catalogue, clock, metrics });
  const apply = new ApplyRevision({ unitOfWork, readModel, driver, clock, attempts: 1 + config.workers.retryCount, metrics });
  const cleanUp = new CleanUp({
    revisions: new RevisionCleanupSql(sqlOf(dataSource)),
    clock,
    retentionDays: settings.retentionDays,
    archives: bundles.cleanUp,
    others: options.cleanedUpAlong,
  });
  const loaders = deployLoaders(readModel, revisionBundles);
  const upsert = new UpsertDeployment({
    create: deployments.createIn(unitOfWork),
    update: deployments.updateIn(unitOfWork),
    record,
    upsertEnabled: rules.upsertDeployment,
  });
  return {
    readModel,
    record,
    rollback,
    apply,
    cleanUp,
    jobs: deployJobs({
      apply,
      reconcile: new ReconcileDeployment({ revisions: readModel, bundles: bundles.readModel, driver }),
      resume: new ResumeRollouts({ unitOfWork, readModel, clock }),
      cleanUp,
      driver,
    }),
    /** Adds what is served beside GraphQL. */
    routes(app: FastifyInstance, authenticate: (header: string | undefined) => Promise<Actor>): void {
      dagUploadRoutes(app, { authenticate, deployments: deployments.readModel, receive: bundles.receive, record: recordDags });
      dagDownloadRoutes(app, { authenticate, deployments: deployments.readModel, bundles: revisionBundles, store: bundles.store });
    },
    resolvers: [
      new HistoryQueryResolver(queries),
      new ConnectionResolver(),
      new PaginatedResolver(),
      new DagFileResolver(queries),
      new DeployRevisionResolver({ queries, glance: (bundle) => bundles.check.glance(bundle), loaders, deploymentLoaders: deployments.loaders }),
      new DeploymentHistoryResolver({ queries, loaders, tagPrefix: config.deployments.tagPrefix }),
      new RollbackResolver({ queries, rollback, cleanUp }),
      new ImageDeployResolver(record, upsert),
    ],
  };
}

function rollbackSettings({ deployments }: Config): RollbackSettings {
  const { rollback } = deployments;
  return {
    rollbackEnabled: rollback.enabled,
    retentionDays: rollback.retentionDays,
    dagOnlyDeployment: deployments.dagOnlyDeployment,
    updateDeploymentImageEndpoint: deployments.updateDeploymentImageEndpoint,
    dagTarballVersionValidation: rollback.dagTarballVersionValidation,
    imageValidation: deployments.updateDeploymentImageDockerValidation,
    requireDataLossAcknowledgement: rollback.requireDataLossAcknowledgement,
    allowAirflow3To2: rollback.allowAirflow3To2,
  };
}
