import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { AccessWatch } from "../../kernel/access-watch";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import type { Actor } from "../../kernel/permissions";
import type { GraphqlContext } from "../../infrastructure/graphql/context";
import { Patience } from "../../infrastructure/jobs/patience";
import type {
  BundleReadModel,
  BundleRecords,
  BundleStore,
  CheckBundle,
  CleanUpArchives,
  CompareBundles,
  DagBundle,
  ReceiveBundle,
} from "../bundles";
import type { Account } from "../access";
import type {
  CreateDeployment,
  DeploymentReadModel,
  DeploymentRules,
  DeploymentStores,
  UpdateDeployment,
} from "../deployments";
import type { DeploymentLoaders } from "../deployments/graphql";
import type { InstallationReader, InstallationStore } from "../installation";
import type { LookUpImage, PushedImages } from "../registry";
import type { RolloutDriver } from "../rollouts";
import { announcingChanges, changesTo } from "./app/announce-changes";
import { ApplyRevision } from "./app/apply-revision";
import { BeginEpoch } from "./app/begin-epoch";
import { CleanUp } from "./app/clean-up";
import { FindReleasesAhead } from "./app/find-releases-ahead";
import { FollowRevisions } from "./app/follow-revisions";
import { HistoryQueries } from "./app/history-queries";
import { InspectTarget } from "./app/inspect-target";
import type { DeployMetrics, DeployStores } from "./app/ports";
import { ReconcileDeployment } from "./app/reconcile-deployment";
import { RecordDagUpload } from "./app/record-dag-upload";
import { RecordDeploy } from "./app/record-deploy";
import { RecordPushes } from "./app/record-pushes";
import { ResumeRollouts } from "./app/resume-rollouts";
import { RevisionBundles } from "./app/revision-bundles";
import { RollbackDeploy } from "./app/rollback-deploy";
import { TakePushes } from "./app/take-pushes";
import { UpsertDeployment } from "./app/upsert-deployment";
import { VerifyImage } from "./app/verify-image";
import { OpenPushesSql, PushStoreSql } from "./db/registry-push-store";
import { RevisionCleanupSql } from "./db/revision-cleanup";
import { RevisionReadModelSql } from "./db/revision-read-model";
import { IdempotencyKeysSql, RevisionStatements, RevisionStoreSql } from "./db/revision-store";
import type { RollbackSettings } from "./domain/rollback-rules";
import { deployLoaders } from "./graphql/deploy.loaders";
import { DeploymentHistoryResolver } from "./graphql/deployment-history.resolver";
import {
  ConnectionResolver,
  DagFileResolver,
  DeployRevisionResolver,
  HistoryQueryResolver,
  PaginatedResolver,
} from "./graphql/history.resolvers";
import { ImageDeployResolver } from "./graphql/image-deploy.resolver";
import { RevisionChangesResolver } from "./graphql/revision-changes.resolver";
import { RollbackResolver } from "./graphql/rollback.resolver";
import { dagDownloadRoutes } from "./http/dag-download-routes";
import { dagUploadRoutes } from "./http/dag-upload-routes";
import { registryEventRoutes } from "./http/registry-event-routes";
import { deployJobs } from "./jobs/deploy-jobs";
import { PolledRevisionChanges } from "./jobs/polled-revision-changes";

export { DeployRevisionRow, IdempotencyKeyRow } from "./db/deploy-revision.row";
export { RegistryPushRow } from "./db/registry-push.row";

export interface DeploysModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  /** Connections for what deletes much at once. */
  readonly backgroundSource: DataSource;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of changes of access. */
  readonly watch: AccessWatch;
  readonly driver: RolloutDriver;
  readonly installation: {
    readonly reader: InstallationReader;
    readonly stores: (manager: EntityManager) => InstallationStore;
  };
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
  readonly pushedImages: PushedImages;
  readonly lookUpImage: LookUpImage;
  /** Whoever has the account, with what they may do by now. */
  readonly actorOf: (account: Account) => Promise<Actor | null>;
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

/** Between two looks for changes in a history that is followed. */
const LOOK_EVERY_MS = 1_000;

export function createDeploysModule(options: DeploysModuleOptions) {
  const { config, dataSource, clock, driver, metrics, bundles, deployments, installation } = options;
  const { rules } = deployments;
  const settings = rollbackSettings(config);
  const dagUploadWaitMs = config.bundles.uploadWaitSeconds * 1_000;
  const statements = new RevisionStatements(dataSource);
  const transactions = createUnitOfWork(dataSource, (manager): DeployStores => ({
    ...deployments.stores(manager),
    bundles: bundles.records(manager),
    revisions: new RevisionStoreSql(manager, statements),
    idempotencyKeys: new IdempotencyKeysSql(manager),
    pushes: new PushStoreSql(manager),
    installation: installation.stores(manager),
  }));
  const unitOfWork = announcingChanges(transactions, changesTo(options.log));
  const readModel = new RevisionReadModelSql(dataSource, deployments.readModel);
  const revisionBundles = new RevisionBundles({
    bundles: bundles.readModel,
    check: bundles.check,
    compare: bundles.compare,
  });
  const inspect = new InspectTarget({ bundles: revisionBundles, images: options.lookUpImage, settings });
  const glance = async (bundle: DagBundle) =>
    settings.dagTarballVersionValidation ? bundles.check.glance(bundle) : null;
  const verify = new VerifyImage({ images: options.lookUpImage, enabled: settings.imageValidation });
  const queries = new HistoryQueries({
    readModel,
    bundles: revisionBundles,
    inspect,
    settings,
    catalogue: rules.catalogue,
    clock,
    maxTake: config.deployments.maxDeployRevisionPage,
  });
  const record = new RecordDeploy({
    unitOfWork,
    rules: { ...rules, updateDeploymentImageEndpoint: settings.updateDeploymentImageEndpoint },
    dagUploadWaitMs,
    deployments: deployments.readModel,
    verify,
    clock,
  });
  const rollback = new RollbackDeploy({
    unitOfWork,
    readModel,
    deployments: deployments.readModel,
    inspect,
    settings,
    catalogue: rules.catalogue,
    clock,
    metrics,
  });
  const { retryCount, outageMinutes } = config.workers;
  const apply = new ApplyRevision({
    unitOfWork,
    readModel,
    driver,
    clock,
    attempts: 1 + retryCount,
    outageMs: outageMinutes * 60_000,
    metrics,
  });
  const openPushes = new OpenPushesSql(dataSource.manager);
  const { pushedImages: images, actorOf } = options;
  const recordPushes = new RecordPushes({
    unitOfWork,
    deployments: deployments.readModel,
    pushes: openPushes,
    images,
    actorOf,
    record,
    clock,
  });
  const recordDags = new RecordDagUpload({
    unitOfWork,
    dagOnlyDeployment: config.deployments.dagOnlyDeployment,
    dagUploadWaitMs,
    maxBundleBytes: config.limits.bundleBytesPerDeployment,
    clock,
    pushes: recordPushes,
  });
  const takePushes = new TakePushes({ unitOfWork, deployments: deployments.readModel, clock });
  const cleanUp = new CleanUp({
    revisions: new RevisionCleanupSql(sqlOf(options.backgroundSource)),
    audit: options.audit(dataSource.manager),
    clock,
    retentionDays: settings.retentionDays,
    archives: bundles.cleanUp,
    others: [...options.cleanedUpAlong, async (_now, before) => openPushes.forget(before)],
  });
  const patience = new Patience(options.log, "Deploy histories that are followed");
  const changes = new PolledRevisionChanges({ readModel, patience, intervalMs: LOOK_EVERY_MS });
  const follow = new FollowRevisions({ readModel, changes, watch: options.watch });
  const loaders = deployLoaders(readModel, revisionBundles);
  const upsert = new UpsertDeployment({
    create: deployments.createIn(unitOfWork),
    update: deployments.updateIn(unitOfWork),
    record,
    deployments: deployments.readModel,
    verify,
    upsertEnabled: rules.upsertDeployment,
  });
  return {
    readModel,
    record,
    recordDags,
    recordPushes,
    rollback,
    apply,
    cleanUp,
    beginEpoch: new BeginEpoch({ unitOfWork, readModel }),
    findReleasesAhead: new FindReleasesAhead({
      driver,
      deployments: deployments.readModel,
      installation: installation.reader,
    }),
    jobs: deployJobs({
      apply,
      reconcile: new ReconcileDeployment({
        revisions: readModel,
        bundles: bundles.readModel,
        installation: installation.reader,
        driver,
      }),
      resume: new ResumeRollouts({ unitOfWork, readModel, clock }),
      recordPushes,
      cleanUp,
      driver,
      archives: bundles.cleanUp,
    }),
    /** Adds what is served beside GraphQL. */
    routes(app: FastifyInstance, authenticate: (header: string | undefined) => Promise<Actor>): void {
      dagUploadRoutes(app, {
        authenticate,
        deployments: deployments.readModel,
        receive: bundles.receive,
        record: recordDags,
        limits: config.server,
      });
      dagDownloadRoutes(app, {
        authenticate,
        deployments: deployments.readModel,
        bundles: revisionBundles,
        store: bundles.store,
      });
      const { takesEvents: enabled, authHeader } = config.registry;
      registryEventRoutes(app, { endpoint: config.server.endpoint, enabled, authHeader, take: takePushes });
    },
    resolvers: [
      new HistoryQueryResolver(queries),
      new ConnectionResolver(),
      new PaginatedResolver(),
      new DagFileResolver(queries),
      new DeployRevisionResolver({ queries, glance, loaders, deploymentLoaders: deployments.loaders }),
      new DeploymentHistoryResolver({ queries, loaders, tagPrefix: config.deployments.tagPrefix }),
      new RevisionChangesResolver(follow),
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
