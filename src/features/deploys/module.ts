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
import { RetryingReader } from "../../infrastructure/jobs/retrying-reader";
import type {
  BundleReadModel,
  BundleRecords,
  BundleStore,
  CheckBundle,
  CleanUpArchives,
  CompareBundles,
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
import type { HoldStore } from "../holds";
import type { InstallationStore } from "../installation";
import type { LookUpImage, PushedImages } from "../registry";
import { announcingChanges, changesTo } from "./app/announce-changes";
import { CancelDeploy } from "./app/cancel-deploy";
import { CleanUp } from "./app/clean-up";
import { FollowRevisions } from "./app/follow-revisions";
import { FailWaitingImage } from "./app/fail-waiting-image";
import { HistoryOverview } from "./app/history-overview";
import { HistoryQueries } from "./app/history-queries";
import { NoteRefusals } from "./app/note-refusals";
import { PinRevision } from "./app/pin-revision";
import type { DeployStores } from "./app/ports";
import { RecordDagUpload } from "./app/record-dag-upload";
import { RecordDeploy } from "./app/record-deploy";
import { RecordPushes } from "./app/record-pushes";
import { RevisionBundles } from "./app/revision-bundles";
import { TakePushes } from "./app/take-pushes";
import { UpsertDeployment } from "./app/upsert-deployment";
import { VerifyImage } from "./app/verify-image";
import { HistoryOverviewSql } from "./db/history-overview";
import { OpenPushesSql, PushStoreSql } from "./db/registry-push-store";
import { RevisionCleanupSql } from "./db/revision-cleanup";
import { RevisionReadModelSql } from "./db/revision-read-model";
import { IdempotencyKeysSql, RevisionStatements, RevisionStoreSql } from "./db/revision-store";
import { deployLoaders } from "./graphql/deploy.loaders";
import { DeploymentHistoryResolver } from "./graphql/deployment-history.resolver";
import { CleanUpResolver } from "./graphql/clean-up.resolver";
import { DagFileDiffResolver } from "./graphql/dag-file-diff.resolver";
import { DeployRevisionResolver } from "./graphql/deploy-revision.resolver";
import { ConnectionResolver, DeployRevisionsResolver, PaginatedResolver } from "./graphql/deploy-revisions.resolver";
import {
  HistoryOverviewResolver,
  RevisionNeighboursResolver,
  UsualDurationResolver,
} from "./graphql/history-overview.resolver";
import { ImageDeployResolver } from "./graphql/image-deploy.resolver";
import { RevisionControlResolver } from "./graphql/revision-control.resolver";
import { RevisionChangesResolver } from "./graphql/revision-changes.resolver";
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
  /** Connections for deletions in bulk. */
  readonly backgroundSource: DataSource;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of changes of access. */
  readonly watch: AccessWatch;
  readonly installation: { readonly stores: (manager: EntityManager) => InstallationStore };
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
  /** The account's owner with current permissions; null if the account is gone. */
  readonly actorOf: (account: Account) => Promise<Actor | null>;
  readonly deployments: {
    readonly rules: DeploymentRules;
    readonly stores: (manager: EntityManager) => DeploymentStores;
    readonly readModel: DeploymentReadModel;
    readonly createIn: (transactions: UnitOfWork<DeployStores>) => CreateDeployment<DeployStores>;
    readonly updateIn: (transactions: UnitOfWork<DeployStores>) => UpdateDeployment<DeployStores>;
    readonly loaders: (context: GraphqlContext) => DeploymentLoaders;
  };
  readonly holds: { readonly stores: (manager: EntityManager) => HoldStore };
  /** What else ages with the history; see CleanUp. */
  readonly nightlyTasks: readonly ((now: string, before: string) => Promise<void>)[];
}

/** Time between two polls of a followed history. */
const LOOK_EVERY_MS = 1_000;

export function createDeploysModule(options: DeploysModuleOptions) {
  const { config, dataSource, clock, bundles, deployments, installation } = options;
  const { rules } = deployments;
  const dagUploadWaitMs = config.bundles.uploadWaitSeconds * 1_000;
  const statements = new RevisionStatements(dataSource);
  const transactions = createUnitOfWork(dataSource, (manager): DeployStores => ({
    ...deployments.stores(manager),
    bundles: bundles.records(manager),
    revisions: new RevisionStoreSql(manager, statements),
    idempotencyKeys: new IdempotencyKeysSql(manager),
    pushes: new PushStoreSql(manager),
    holds: options.holds.stores(manager),
    installation: installation.stores(manager),
  }));
  const unitOfWork = announcingChanges(transactions, changesTo(options.log));
  const readModel = new RevisionReadModelSql(dataSource, deployments.readModel);
  const revisionBundles = new RevisionBundles({
    bundles: bundles.readModel,
    check: bundles.check,
    compare: bundles.compare,
  });
  const verify = new VerifyImage({
    images: options.lookUpImage,
    enabled: config.deployments.updateDeploymentImageDockerValidation,
  });
  const queries = new HistoryQueries({
    readModel,
    bundles: revisionBundles,
    maxTake: config.deployments.maxDeployRevisionPage,
  });
  const refusals = new NoteRefusals({ unitOfWork, clock });
  const record = new RecordDeploy({
    unitOfWork,
    rules: { ...rules, updateDeploymentImageEndpoint: config.deployments.updateDeploymentImageEndpoint },
    dagUploadWaitMs,
    deployments: deployments.readModel,
    verify,
    refusals,
    clock,
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
    refusals,
    pushes: recordPushes,
  });
  const failWaiting = new FailWaitingImage({
    unitOfWork,
    deployments: deployments.readModel,
    revisions: readModel,
    dagUploadWaitMs,
    clock,
    pushes: recordPushes,
  });
  const takePushes = new TakePushes({ unitOfWork, deployments: deployments.readModel, clock });
  const cleanUp = new CleanUp({
    revisions: new RevisionCleanupSql(sqlOf(options.backgroundSource)),
    audit: options.audit(dataSource.manager),
    clock,
    retentionDays: config.deployments.rollback.retentionDays,
    archives: bundles.cleanUp,
    others: [...options.nightlyTasks, async (_now, before) => openPushes.forget(before)],
  });
  const retrying = new RetryingReader(options.log, "Deploy histories that are followed");
  const changes = new PolledRevisionChanges({ readModel, retrying, intervalMs: LOOK_EVERY_MS });
  const follow = new FollowRevisions({ readModel, changes, watch: options.watch });
  const overviewModel = new HistoryOverviewSql(dataSource);
  const loaders = deployLoaders(readModel, revisionBundles, overviewModel);
  const upsert = new UpsertDeployment({
    create: deployments.createIn(unitOfWork),
    update: deployments.updateIn(unitOfWork),
    record,
    deployments: deployments.readModel,
    verify,
    refusals,
    upsertEnabled: rules.upsertDeployment,
  });
  return {
    readModel,
    record,
    recordDags,
    recordPushes,
    cleanUp,
    unitOfWork,
    /** The DAG bundles of revisions. */
    bundles: revisionBundles,
    loaders,
    jobs: deployJobs({ recordPushes, cleanUp }),
    /** Adds what is served beside GraphQL. */
    routes(app: FastifyInstance, authenticate: (header: string | undefined, address: string) => Promise<Actor>): void {
      dagUploadRoutes(app, {
        authenticate,
        deployments: deployments.readModel,
        receive: bundles.receive,
        record: recordDags,
        failWaiting,
        limits: config.server,
      });
      dagDownloadRoutes(app, {
        authenticate,
        deployments: deployments.readModel,
        bundles: revisionBundles,
        store: bundles.store,
        watch: options.watch,
      });
      const { takesEvents: enabled, authHeader } = config.registry;
      registryEventRoutes(app, { endpoint: config.server.endpoint, enabled, authHeader, take: takePushes });
    },
    resolvers: [
      new DeployRevisionsResolver(queries),
      new ConnectionResolver(),
      new PaginatedResolver(),
      new DagFileDiffResolver(queries),
      new DeployRevisionResolver({ loaders, deploymentLoaders: deployments.loaders }),
      new DeploymentHistoryResolver({ queries, loaders, tagPrefix: config.deployments.tagPrefix }),
      new HistoryOverviewResolver(new HistoryOverview({ model: overviewModel, deployments: deployments.readModel })),
      new RevisionNeighboursResolver(loaders),
      new UsualDurationResolver(loaders),
      new RevisionChangesResolver(follow),
      new ImageDeployResolver(record, upsert),
      new CleanUpResolver(cleanUp),
      new RevisionControlResolver({
        cancel: new CancelDeploy({ unitOfWork, clock }),
        pin: new PinRevision({ unitOfWork, clock }),
      }),
    ],
  };
}
