import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { DataSource } from "typeorm";
import type { Config } from "../config";
import * as access from "../features/access/module";
import * as audit from "../features/audit/module";
import * as bundles from "../features/bundles/module";
import * as deployments from "../features/deployments/module";
import * as deploys from "../features/deploys/module";
import * as holds from "../features/holds/module";
import * as installation from "../features/installation/module";
import type { Place } from "../features/installation";
import * as logs from "../features/logs/module";
import * as notifications from "../features/notifications/module";
import * as runtimes from "../features/runtimes/module";
import * as registry from "../features/registry/module";
import type { RolloutDriver } from "../features/rollouts";
import * as rollbacks from "../features/rollbacks/module";
import * as rollouts from "../features/rollouts/module";
import * as signOn from "../features/sign-on/module";
import * as workspaces from "../features/workspaces/module";
import type { Clock } from "../kernel/clock";
import type { DatabaseClock } from "../infrastructure/postgres/database-clock";
import { poolOf, sqlOf } from "../infrastructure/postgres/data-source";
import { createUnitOfWork } from "../infrastructure/postgres/unit-of-work";
import { minusDays } from "../kernel/instant";
import type { OutageLog } from "../infrastructure/outages/outage-log";
import type { Metrics } from "../infrastructure/metrics/metrics";
import { NO_METRICS } from "../infrastructure/line-export/line-exporter";
import { forgetEmptyQueues } from "../infrastructure/jobs/outbox";
import { AesSecretBox } from "../infrastructure/secrets/aes-secret-box";
import { encryptionKeysOf } from "./encryption-keys";
import { deleteInBatches } from "./delete-in-batches";
import { sealSecretsOf } from "./seal-secrets";

const RELEASES_NAMED = 10;

export interface FeatureDependencies {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  /** Connections for transactions that wait for another system, and for deletions in bulk. */
  readonly backgroundSource: DataSource;
  readonly databaseClock: DatabaseClock;
  readonly clock: Clock;
  readonly log: Logger;
  readonly outages: OutageLog;
  readonly metrics: Metrics;
  /** Where clients reach this process, once it listens. */
  readonly publicUrl: () => string;
  /** Replaces the configured driver, or wraps it. */
  readonly driver: RolloutDriver | ((configured: RolloutDriver) => RolloutDriver) | undefined;
}

export type Features = Awaited<ReturnType<typeof composeFeatures>>;

/** The features, each given what it needs of the others. Nothing is started. */
export async function composeFeatures(dependencies: FeatureDependencies) {
  const {
    config,
    databaseUrl,
    dataSource,
    backgroundSource,
    clock,
    databaseClock,
    log,
    outages,
    metrics,
    publicUrl,
    driver,
  } = dependencies;
  const pool = poolOf(dataSource);
  const lag = { logs: 0, audit: 0 };
  const runtimesModule = await runtimes.createRuntimesModule(config, clock);
  const { catalogue, airflowImages } = runtimesModule;
  const logsModule = logs.createLogsModule({
    sql: sqlOf(dataSource),
    unitOfWork: (toTx) => createUnitOfWork(backgroundSource, (manager) => toTx(sqlOf(manager))),
    elasticsearch: config.elasticsearch.kind === "on" ? config.elasticsearch : null,
    pollIntervalMs: config.elasticsearch.pollIntervalMs,
    onLines: notifications.notifyOfLines,
    logger: log,
    clock,
    metrics: {
      ...NO_METRICS,
      lagSeconds: (seconds) => (lag.logs = seconds),
      exported: (count) => metrics.logLinesExported(count),
      rejected: (count) => metrics.logLinesRejected(count),
    },
  });
  const auditModule = audit.createAuditModule({
    config,
    dataSource,
    backgroundSource,
    clock,
    log,
    metrics: { ...NO_METRICS, lagSeconds: (seconds) => (lag.audit = seconds) },
  });
  const { trail } = auditModule;
  const secrets = new AesSecretBox(await encryptionKeysOf(config));
  const accessModule = await access.createAccessModule({
    config,
    dataSource,
    pool,
    databaseUrl,
    audit: trail,
    refusals: auditModule.refusals,
    clock,
    databaseClock,
    log,
    secrets,
  });
  const shared = { config, dataSource, audit: trail, clock, access: accessModule };
  const signOnModule = signOn.createSignOnModule({ ...shared, log, outages });
  const workspacesModule = workspaces.createWorkspacesModule(shared);
  const deploymentsModule = deployments.createDeploymentsModule({
    config,
    dataSource,
    backgroundSource,
    audit: trail,
    clock,
    catalogue,
    airflowImages,
    publicUrl,
    secrets,
    access: accessModule,
    logs: logsModule,
    workspaces: {
      find: (actor, id) => workspacesModule.reads.requireVisibleWorkspace(actor, id),
      loaders: workspacesModule.loaders,
    },
  });
  const notificationsModule = notifications.createNotificationsModule({
    config,
    dataSource,
    audit: trail,
    clock,
    findWorkspace: (actor, id) => workspacesModule.reads.requireVisibleWorkspace(actor, id),
    secretsOf: (place) => secrets.of(place),
  });
  const sealSecrets = (): Promise<void> => sealSecretsOf([deploymentsModule, notificationsModule], log);
  const holdsModule = holds.createHoldsModule({ config, dataSource, clock, deployments: deploymentsModule });
  const registryModule = await registry.createRegistryModule({
    config,
    clock,
    log,
    outages,
    deployments: deploymentsModule.readModel,
    keptKey: accessModule.keptRegistryKey,
  });
  const installationModule = installation.createInstallationModule({ dataSource });
  const bundlesModule = bundles.createBundlesModule({
    config,
    dataSource,
    backgroundSource,
    installation: installationModule.reader,
    clock,
  });
  const deploysModule = deploys.createDeploysModule({
    config,
    dataSource,
    backgroundSource,
    audit: trail,
    clock,
    log,
    watch: accessModule.watch,
    installation: installationModule,
    bundles: bundlesModule,
    pushedImages: registryModule.pushedImages,
    lookUpImage: registryModule.lookUpImage,
    actorOf: (account) => accessModule.sessions.actorOfAccount(account),
    deployments: deploymentsModule,
    holds: holdsModule,
    nightlyTasks: [
      async (_now, before) => deleteInBatches((limit) => logsModule.deleteOlderThan(before, limit)),
      async (now) => deleteInBatches((limit) => auditModule.deleteExpired(now, limit)),
      async (now) => deleteInBatches((limit) => notificationsModule.deleteExpired(now, limit)),
      async (now) => void (await deploymentsModule.purge(minusDays(now, config.deployments.softDeletedRetentionDays))),
      // Seals what a replica of an older version has written since the start.
      sealSecrets,
      (now) => accessModule.forgetExpired(now),
      () => bundlesModule.removeStaleUploads(),
      () => forgetEmptyQueues(pool),
      () => rolloutsModule.tidy(),
    ],
  });
  const rolloutsModule = rollouts.createRolloutsModule({
    config,
    dataSource,
    clock,
    metrics: {
      rolloutFinished: (status, seconds) => metrics.rollout(status, seconds),
      stepFinished: (step) => metrics.rolloutStep(step),
    },
    installation: installationModule.reader,
    bundles: bundlesModule,
    deployments: deploymentsModule,
    deploys: deploysModule,
    driver,
  });
  const rollbacksModule = rollbacks.createRollbacksModule({
    config,
    clock,
    metrics: { rollback: (outcome) => metrics.rollback(outcome) },
    catalogue,
    lookUpImage: registryModule.lookUpImage,
    checkBundle: bundlesModule.check,
    deployments: deploymentsModule.readModel,
    holds: holdsModule,
    deploys: deploysModule,
  });

  metrics.watchLogExportLag(async () => lag.logs);
  if (auditModule.exporter !== null) metrics.watchAuditExportLag(async () => lag.audit);
  const exports = { log: logsModule.lineExport, audit: auditModule.lineExport };
  for (const [kind, lineExport] of Object.entries(exports))
    if (lineExport !== null) metrics.watchUnexportedLines(kind, () => lineExport.count());

  return {
    access: accessModule,
    signOn: signOnModule,
    audit: auditModule,
    workspaces: workspacesModule,
    deployments: deploymentsModule,
    bundles: bundlesModule,
    deploys: deploysModule,
    rollouts: rolloutsModule,
    rollbacks: rollbacksModule,
    logs: logsModule,
    notifications: notificationsModule,
    /** What runs in the background, by task. */
    jobs: { ...deploysModule.jobs, ...rolloutsModule.jobs, ...notificationsModule.jobs },
    setUpLink: signOnModule.setUpLink,
    sealSecrets,
    reportReleasesAhead,
    checkPlaces,
    /** Removes the marks of other installations. Returns which they were. */
    takePlacesOver: async () => [...(await bundlesModule.claim.takeOver()), ...(await rolloutsModule.claim.takeOver())],
    resolvers: [
      ...runtimesModule.resolvers((actor) => deploymentsModule.queries.runtimeVersions(actor)),
      ...auditModule.resolvers,
      ...accessModule.resolvers,
      ...signOnModule.resolvers,
      ...workspacesModule.resolvers,
      ...deploymentsModule.resolvers,
      ...notificationsModule.resolvers,
      ...holdsModule.resolvers,
      ...deploysModule.resolvers,
      ...rolloutsModule.resolvers,
      ...rollbacksModule.resolvers,
    ],
    /** Adds what is served beside GraphQL. */
    routes(app: FastifyInstance): void {
      const authenticate = (header: string | undefined, address: string) =>
        accessModule.sessions.actorOf(header, { fresh: true, address });
      signOnModule.routes(app);
      for (const feature of [auditModule, deploymentsModule, registryModule, deploysModule])
        feature.routes(app, authenticate);
    },
  };

  /** @throws PlaceTaken if a folder or store belongs to another installation */
  async function checkPlaces(): Promise<void> {
    const inBucket = config.bundles.store.kind === "s3";
    const remedy = "Set DATA_DIR to a folder of its own";
    const bundlePlace: Place = inBucket
      ? {
          kind: "bundles",
          name: "The store of DAG bundles",
          remedy: "Set dagBundles.s3.prefix to one of its own",
          claim: bundlesModule.claim,
        }
      : { kind: "bundles", name: "The folder of DAG bundles", remedy, claim: bundlesModule.claim };
    const releasePlace: Place = {
      kind: "releases",
      name: "The folder of releases",
      remedy,
      claim: rolloutsModule.claim,
    };
    // Only workers write to the folder of releases.
    const problems = await installationModule.checkPlaces.execute(
      config.workers.enabled ? [bundlePlace, releasePlace] : [bundlePlace],
    );
    for (const { level, message, cause } of problems) log[level]({ err: cause }, message);
  }

  async function reportReleasesAhead(): Promise<void> {
    const releases = await rolloutsModule.findReleasesAhead.execute();
    if (releases.length === 0) return;
    const some = releases.slice(0, RELEASES_NAMED).join(", ");
    log.error(
      { releases: releases.length, some },
      'releases hold later revisions than this history; if the database was restored from a backup, run "retrograde restored": until then their deploys fail',
    );
  }
}
