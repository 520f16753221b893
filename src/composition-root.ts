import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { pino, type DestinationStream, type Logger } from "pino";
import type { DataSource } from "typeorm";
import type { Config } from "./config";
import * as access from "./features/access/module";
import * as bundles from "./features/bundles/module";
import * as deployments from "./features/deployments/module";
import * as deploys from "./features/deploys/module";
import { DEPLOY_TASKS } from "./features/deploys";
import * as logs from "./features/logs/module";
import * as platform from "./features/platform/module";
import type { RolloutDriver } from "./features/rollouts";
import * as rollouts from "./features/rollouts/module";
import * as workspaces from "./features/workspaces/module";
import { systemClock, type Clock } from "./shared/app/clock";
import { createDataSource, poolOf, sqlOf } from "./shared/db/data-source";
import { isMigrated } from "./shared/db/migrate";
import { createUnitOfWork } from "./shared/db/unit-of-work";
import { minusDays } from "./shared/domain/instant";
import { buildApiSchema, buildDeclaredSchema } from "./shared/graphql/build-schema";
import { createApiServer, type ApiServer } from "./shared/http/api-server";
import { Metrics } from "./shared/http/metrics";
import { JobRunner } from "./shared/jobs/job-runner";
import { loggedError } from "./shared/logging/logged-error";
import { version } from "../package.json";

export const entities = [
  access.EmailRow,
  access.FailedLoginRow,
  access.RoleBindingRow,
  access.ServiceAccountRow,
  access.SigningKeyRow,
  access.UserRow,
  bundles.DagArchiveFileRow,
  bundles.DagArchiveRemovalRow,
  bundles.DagArchiveRow,
  bundles.DagBundleRow,
  deployments.DeploymentRow,
  deploys.DeployRevisionRow,
  deploys.IdempotencyKeyRow,
  logs.LogLineRow,
  workspaces.WorkspaceRow,
];

/** Requests in hand get this long when the process is told to stop. */
const STOP_GRACE_MS = 10_000;
/** Jobs are short statements; they share few connections of their own, so that they never starve requests. */
const JOB_POOL_SIZE = 3;

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log?: Logger;
  readonly clock?: Clock;
  /** In place of the configured one, or made around it. */
  readonly driver?: RolloutDriver | ((configured: RolloutDriver) => RolloutDriver);
}

export interface App {
  readonly schema: GraphQLSchema;
  readonly server: ApiServer;
  readonly dataSource: DataSource;
  readonly features: {
    readonly access: access.AccessModule;
    readonly workspaces: workspaces.WorkspacesModule;
    readonly deployments: deployments.DeploymentsModule;
    readonly bundles: bundles.BundlesModule;
    readonly deploys: deploys.DeploysModule;
    readonly logs: logs.LogsModule;
  };
  /** Takes requests, and does background work unless the configuration says otherwise. */
  start(): Promise<{ readonly url: string }>;
  /** Lets requests and jobs in hand finish, then closes every connection. */
  stop(): Promise<void>;
}

/** Config → logger → database → features → servers. Nothing is started but the database's connections. */
export async function createApp({ config, databaseUrl, clock = systemClock, ...options }: AppOptions): Promise<App> {
  const log = options.log ?? createLogger(config);
  const poolSize = config.database.kind === "url" ? config.database.poolSize : undefined;
  const dataSource = await connect(databaseUrl, poolSize);
  const pool = poolOf(dataSource);
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  const metrics = new Metrics({ version });

  const platformModule = await platform.createPlatformModule(config);
  const { catalogue } = platformModule;
  let exportLagSeconds = 0;
  const logsModule = logs.createLogsModule({
    sql: sqlOf(dataSource),
    unitOfWork: (toTx) => createUnitOfWork(dataSource, (manager) => toTx(sqlOf(manager))),
    elasticsearch: config.elasticsearch.kind === "on" ? config.elasticsearch : null,
    logger: log,
    clock,
    metrics: {
      lagSeconds: (seconds) => (exportLagSeconds = seconds),
      exported: (count) => metrics.logLinesExported(count),
      rejected: (count) => metrics.logLinesRejected(count),
      failedBatch: () => undefined,
    },
  });
  const accessModule = await access.createAccessModule({ config, dataSource, pool, databaseUrl, clock, log });
  const workspacesModule = workspaces.createWorkspacesModule({ dataSource, clock, access: accessModule });
  const deploymentsModule = deployments.createDeploymentsModule({
    config,
    dataSource,
    clock,
    catalogue,
    access: accessModule,
    logs: logsModule,
    workspaces: {
      find: (actor, id) => workspacesModule.reads.requireVisibleWorkspace(actor, id),
      loaders: workspacesModule.loaders,
    },
  });
  const bundlesModule = bundles.createBundlesModule({ config, dataSource, clock });
  const configured = rollouts.createRolloutsModule({ dataDir: config.dataDir, unpack: bundlesModule.unpack }).driver;
  const driver = typeof options.driver === "function" ? options.driver(configured) : (options.driver ?? configured);
  const deploysModule = deploys.createDeploysModule({
    config,
    dataSource,
    clock,
    driver,
    bundles: bundlesModule,
    deployments: deploymentsModule,
    metrics: {
      rollback: (outcome) => metrics.rollback(outcome),
      rolloutFinished: (status, seconds) => metrics.rollout(status, seconds),
    },
    cleanedUpAlong: [
      async (_now, before) => deleteInBatches((limit) => logsModule.deleteOlderThan(before, limit)),
      async (now) => void (await deploymentsModule.purge(minusDays(now, config.deployments.softDeletedRetentionDays))),
      (now) => accessModule.forgetFailedLogins(now),
      () => bundlesModule.removeStaleUploads(),
      () => driver.tidy(),
    ],
  });

  const schema = buildApiSchema([
    ...platformModule.resolvers,
    ...accessModule.resolvers,
    ...workspacesModule.resolvers,
    ...deploymentsModule.resolvers,
    ...deploysModule.resolvers,
  ]);
  const server = createApiServer({
    schema,
    server: config.server,
    authenticate: (header, freshness) => accessModule.sessions.actorOf(header, freshness),
    forgetActors: () => accessModule.sessions.forget(),
    ready: async () => {
      const database = await pool.query("SELECT 1").then(() => "ok", () => "unreachable");
      const migrations = database !== "ok" ? "unknown" : (await isMigrated(dataSource)) ? "ok" : "missing";
      return { ready: database === "ok" && migrations === "ok", checks: { database, migrations } };
    },
    version,
    metrics,
    log,
  });
  deploysModule.routes(server.app, (header) => accessModule.sessions.actorOf(header, { fresh: true }));
  metrics.watchLogExportLag(async () => exportLagSeconds);
  metrics.watchJobsWaiting(async () => {
    const { rows } = await pool.query<{ count: number }>(
      "SELECT count(*) AS count FROM graphile_worker.jobs WHERE locked_at IS NULL AND run_at <= now()",
    );
    return rows[0]?.count ?? 0;
  });

  let jobs: { runner: JobRunner; close: () => Promise<void> } | undefined;
  return {
    schema,
    server,
    dataSource,
    features: {
      access: accessModule,
      workspaces: workspacesModule,
      deployments: deploymentsModule,
      bundles: bundlesModule,
      deploys: deploysModule,
      logs: logsModule,
    },
    async start() {
      await accessModule.changes.start();
      if (config.workers.enabled) {
        jobs = await startJobs();
        logsModule.exporter?.start();
      }
      return server.listen();
    },
    async stop() {
      await server.close(STOP_GRACE_MS);
      await jobs?.runner.stop();
      await logsModule.close();
      await accessModule.changes.stop();
      await jobs?.close();
      if (dataSource.isInitialized) await dataSource.destroy();
    },
  };

  async function startJobs() {
    const jobSource = await connect(databaseUrl, JOB_POOL_SIZE);
    const runner = await JobRunner.start({
      pool: poolOf(jobSource),
      databaseUrl,
      handlers: deploysModule.jobs,
      schedules: [
        { task: DEPLOY_TASKS.resume, schedule: "* * * * *" },
        ...(config.cleanup.enabled ? [{ task: DEPLOY_TASKS.cleanup, schedule: config.cleanup.schedule }] : []),
      ],
      concurrency: config.workers.concurrency,
      log,
    });
    return { runner, close: () => jobSource.destroy() };
  }
}

/** Few connections on purpose: with two processors more of them only make each other wait. */
const DEFAULT_POOL_SIZE = 4;

export function connect(databaseUrl: string, poolSize = DEFAULT_POOL_SIZE): Promise<DataSource> {
  return createDataSource({ url: databaseUrl, poolSize, entities }).initialize();
}

/** The schema without an installation behind it: importing this file has declared every resolver. */
export const buildPrintableSchema = (): GraphQLSchema => buildDeclaredSchema();

/** JSON lines on stdout, or wherever `destination` takes them. */
export function createLogger({ logging }: Pick<Config, "logging">, destination: DestinationStream = pino.destination({ sync: true })): Logger {
  const redact = ["authorization", "password", "apiKey", "token", "*.authorization", "*.password", "*.apiKey", "*.token"];
  return pino({ level: logging.level, redact, serializers: { err: loggedError } }, destination);
}

const CLEANUP_BATCH = 5_000;

async function deleteInBatches(deleteSome: (limit: number) => Promise<number>): Promise<void> {
  while ((await deleteSome(CLEANUP_BATCH)) === CLEANUP_BATCH);
}
