import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { pino, type DestinationStream, type Logger } from "pino";
import type { DataSource } from "typeorm";
import { deploymentsUrlOf, type Config } from "../config";
import { composeFeatures, type Features } from "./compose-features";
import { migrations } from "../../migrations";
import { entities } from "./entities";
import { DEPLOY_TASKS } from "../features/deploys";
import { ROLLOUT_TASKS, type RolloutDriver } from "../features/rollouts";
import { systemClock, type Clock } from "../kernel/clock";
import { stopTogether } from "../kernel/stop-together";
import type { ConnectionPurpose } from "../infrastructure/postgres/connection-settings";
import { createDataSource, poolOf } from "../infrastructure/postgres/data-source";
import { isMigrated } from "../infrastructure/migrations/migrate";
import { closeStaleConnections } from "../infrastructure/postgres/session-client";
import { buildApiSchema, buildDeclaredSchema } from "../server/graphql/build-schema";
import { createApiServer, type ApiServer } from "../server/api-server";
import type { WebClientOptions } from "../server/web-client/web-client-routes";
import { Metrics } from "../infrastructure/metrics/metrics";
import { JobRunner } from "../infrastructure/jobs/job-runner";
import { loggableFields } from "../infrastructure/logging/loggable";
import { loggedError } from "../infrastructure/logging/logged-error";
import { watchDependencies } from "./watch-dependencies";
import { RepeatedWarning } from "../infrastructure/logging/repeated-warning";
import { version } from "../../package.json";

/** Requests in hand get this long when the process is told to stop. */
const STOP_GRACE_MS = 10_000;
/** Jobs are short statements; they share few connections of their own, so that they never starve requests. */
const JOB_POOL_SIZE = 3;
/** For transactions that wait for another system, one for each exporter, and for deletions in bulk. */
const BACKGROUND_POOL_SIZE = 2;

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Replaces the configured driver, or wraps it. */
  readonly driver?: RolloutDriver | ((configured: RolloutDriver) => RolloutDriver);
  /** Where the built web client is looked for; without one the explorer is all that browsers get. */
  readonly webClientFolder?: string;
}

export interface App {
  readonly schema: GraphQLSchema;
  readonly server: ApiServer;
  readonly dataSource: DataSource;
  readonly features: Features;
  /** Takes requests, and does background work unless the configuration says otherwise. */
  start(steps?: {
    readonly beforeListening?: () => Promise<void>;
  }): Promise<{ readonly url: string; readonly operatorUrl?: string }>;
  /** Lets requests and jobs in hand finish, then closes every connection. Takes 23 s at most, and never throws. */
  stop(): Promise<void>;
}

/** Config → logger → database → features → servers. Nothing is started but the database's connections. */
export async function createApp({ config, databaseUrl, clock = systemClock, ...options }: AppOptions): Promise<App> {
  const log = options.log ?? createLogger(config);
  const poolSize = config.database.kind === "url" ? config.database.poolSize : undefined;
  const dataSource = await connect(databaseUrl, "requests", poolSize);
  const pool = poolOf(dataSource);
  const broken = new RepeatedWarning(log, "an idle database connection broke");
  pool.on("error", (error) => broken.report({ err: error }));
  const metrics = new Metrics({ version });

  let port = config.server.port;
  const publicUrl = (): string => deploymentsUrlOf(config, port);
  const { outages, databaseClock, ...state } = watchDependencies({ pool, dataDir: config.dataDir, log, metrics });
  await databaseClock.start();
  const backgroundSource = await connect(databaseUrl, "background", BACKGROUND_POOL_SIZE);
  const dependencies = {
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
  };
  const features = await composeFeatures({ ...dependencies, driver: options.driver });
  const { sessions, watch, changes } = features.access;

  const schema = buildApiSchema(features.resolvers);
  const server = createApiServer({
    schema,
    server: config.server,
    authenticate: (header, options) => sessions.actorOf(header, options),
    pageSessions: features.signOn.pageSessions,
    webClient: webClientOf(options.webClientFolder),
    sessions: { endOf: (header) => sessions.endOf(header), watch },
    refusals: features.audit.refusals,
    forgetActors: () => sessions.forget(),
    ready: async () => {
      const [database, dataFolder] = await Promise.all([state.database(), state.dataFolder()]);
      const migrations = database === "unreachable" ? "unknown" : (await isMigrated(dataSource)) ? "ok" : "missing";
      const workers = !config.workers.enabled
        ? {}
        : { workers: jobs === undefined ? "not started" : (jobs.status.problem ?? "ok") };
      const checks = { database, migrations, dataFolder, ...workers };
      // On a read-only database, reads still work.
      const ready = Object.entries(checks).every(
        ([name, check]) => check === "ok" || (name === "database" && check === "read-only"),
      );
      return { ready, checks };
    },
    version,
    metrics,
    log,
    outages,
  });
  features.routes(server.app);
  metrics.watchUnfinishedRevisions(async () => {
    const { rows } = await pool.query<{ seconds: number | null }>(
      `SELECT extract(epoch FROM now() - min(r.created_at))::float8 AS seconds
       FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id AND d.deleted_at IS NULL WHERE r.status = 'INITIALIZED'`,
    );
    return Math.max(0, rows[0]?.seconds ?? 0);
  });
  metrics.watchJobsWaiting(async () => {
    const { rows } = await pool.query<{ count: number }>(
      "SELECT count(*) AS count FROM graphile_worker.jobs WHERE locked_at IS NULL AND run_at <= now()",
    );
    return rows[0]?.count ?? 0;
  });

  if (config.workers.enabled) {
    metrics.watchWorkers(() => jobs?.status ?? { alive: 0, configured: config.workers.concurrency });
  }

  let jobs: JobRunner | undefined;
  return {
    schema,
    server,
    dataSource,
    features,
    async start({ beforeListening } = {}) {
      await features.checkPlaces();
      await features.sealSecrets();
      // A killed process leaves uploads behind, and the nightly clean-up may be off. The start does not wait for this.
      void features.bundles
        .removeStaleUploads()
        .catch((error: unknown) => log.warn({ err: error }, "stale uploads could not be removed"));
      await changes.start();
      if (config.workers.enabled) {
        void features
          .reportReleasesAhead()
          .catch((error: unknown) => log.warn({ err: error }, "releases could not be compared with the history"));
        jobs = await startJobs();
        features.logs.exporter?.start();
        features.audit.exporter?.start();
      }
      await beforeListening?.();
      const listening = await server.listen();
      port = Number(new URL(listening.url).port);
      return listening;
    },
    async stop() {
      await stopTogether(log, [
        { name: "the server", withinMs: STOP_GRACE_MS + 2_000, stop: () => server.close(STOP_GRACE_MS) },
        { name: "background jobs", withinMs: 14_000, stop: () => jobs?.stop() },
      ]);
      await stopTogether(log, [
        { name: "the inspection of archives", withinMs: 2_000, stop: () => features.bundles.stop() },
        { name: "the export of log lines", withinMs: 7_000, stop: () => features.logs.close() },
        { name: "the export of audit lines", withinMs: 7_000, stop: () => features.audit.close() },
        { name: "the watch for changes of access", withinMs: 2_000, stop: () => changes.stop() },
      ]);
      await stopTogether(log, [
        { name: "the watch of database and data folder", withinMs: 1_000, stop: () => state.stop() },
      ]);
      const sources = [backgroundSource, dataSource].filter(({ isInitialized }) => isInitialized);
      await stopTogether(
        log,
        sources.map((source) => ({
          name: "the connections to the database",
          withinMs: 2_000,
          stop: () => source.destroy(),
        })),
      );
    },
  };

  function webClientOf(folder: string | undefined): WebClientOptions | undefined {
    if (folder === undefined) return undefined;
    const { sessionPath: session, leadsTo } = features.signOn;
    const { endpoint: graphql, subscriptions: socket } = config.server;
    return { folder, endpoints: { graphql, socket, session, version }, leadsTo };
  }

  function startJobs(): Promise<JobRunner> {
    return JobRunner.start({
      databaseUrl,
      openPool: async () => {
        const jobSource = await connect(databaseUrl, "jobs", JOB_POOL_SIZE);
        return { pool: poolOf(jobSource), close: () => jobSource.destroy() };
      },
      handlers: features.jobs,
      schedules: [
        { task: ROLLOUT_TASKS.resume, schedule: "* * * * *" },
        ...(config.cleanup.enabled ? [{ task: DEPLOY_TASKS.cleanup, schedule: config.cleanup.schedule }] : []),
      ],
      concurrency: config.workers.concurrency,
      leaseSeconds: config.workers.leaseSeconds,
      log,
    });
  }
}

/** Few connections on purpose: with two processors, more of them only wait for each other. */
const DEFAULT_POOL_SIZE = 4;

export async function connect(
  databaseUrl: string,
  purpose: ConnectionPurpose,
  poolSize = DEFAULT_POOL_SIZE,
): Promise<DataSource> {
  const dataSource = await createDataSource({ url: databaseUrl, poolSize, entities, migrations, purpose }).initialize();
  closeStaleConnections(poolOf(dataSource));
  return dataSource;
}

/** The schema without an installation behind it: importing this file has declared every resolver. */
export const buildPrintableSchema = (): GraphQLSchema => buildDeclaredSchema();

/** JSON lines on stdout, or wherever `destination` takes them. */
export function createLogger(
  { logging }: Pick<Config, "logging">,
  destination: DestinationStream = pino.destination({ sync: true }),
): Logger {
  const redact = [
    "authorization",
    "password",
    "apiKey",
    "token",
    "*.authorization",
    "*.password",
    "*.apiKey",
    "*.token",
  ];
  return pino(
    { level: logging.level, redact, serializers: { err: loggedError }, formatters: { log: loggableFields } },
    destination,
  );
}
