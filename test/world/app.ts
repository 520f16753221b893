import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pino } from "pino";
import { createApp, type App } from "../../src/composition/composition-root";
import { loadConfig, type Config } from "../../src/config";
import type { RolloutDriver } from "../../src/features/rollouts";
import type { Clock } from "../../src/kernel/clock";
import { BOOTSTRAP_TOKEN } from "./bootstrap-token";
import { createTestDatabase, type TestDatabase } from "./database";

export interface TestAppOptions {
  /** As environment variables, on top of everything that rollbacks need. */
  readonly env?: Readonly<Record<string, string>>;
  readonly driver?: RolloutDriver;
  readonly clock?: Clock;
  /** Whether jobs run; off, revisions stay INITIALIZED until a test applies them. */
  readonly workers?: boolean;
  /** Use this database instead of one of its own, e.g. for a second replica. */
  readonly database?: TestDatabase;
  /** The address of that database, e.g. that of a proxy in front of it. */
  readonly databaseUrl?: string;
  /** Where the built web client is; by default there is none. */
  readonly webClientFolder?: string;
  /** Use this data folder instead of one of its own; it stays when the app is closed. */
  readonly dataDir?: string;
}

export interface TestApp {
  readonly app: App;
  readonly config: Config;
  readonly database: TestDatabase;
  readonly dataDir: string;
  /** Sends one GraphQL request without a socket; answers status and body. */
  send(query: string, variables?: object | null, token?: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are as varied as the queries
  readonly data: any;
  readonly errors:
    undefined | readonly { message: string; path?: unknown[]; extensions: { code: string; [key: string]: unknown } }[];
  readonly headers: Readonly<Record<string, unknown>>;
}

const ROLLBACKS_ON = {
  BOOTSTRAP_TOKEN,
  DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "true",
  DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "true",
  DEPLOYMENTS__CONFIGURE_DAG_DEPLOYMENT: "true",
  DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT: "true",
  DEPLOYMENTS__UPSERT_DEPLOYMENT_ENABLED: "true",
  DEPLOYMENTS__MANUAL_RELEASE_NAMES: "true",
  // Tests are many callers at one address.
  APOLLO__ANONYMOUS__REQUESTS_PER_SECOND: "100000",
  SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
};

/** Of the test file, so that a folder that is left behind says whose it is. */
const testName = (): string => basename(expect.getState().testPath ?? "").split(".")[0] ?? "";

/** The whole product on a database of its own, with every switch on that rollbacks need. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), `retrograde-data-${testName()}-`)));
  const cleanUp = async (): Promise<void> => {
    try {
      if (options.database === undefined) await database.drop();
    } finally {
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  const { app, config } = await startApp(options, database, dataDir).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return {
    app,
    config,
    database,
    dataDir,
    send: sendTo(app, config),
    async close() {
      await app.stop();
      await cleanUp();
    },
  };
}

/** Sends GraphQL requests to an app without a socket. */
export function sendTo(app: App, config: Config): TestApp["send"] {
  return async (query, variables = null, token, headers = {}) => {
    const response = await app.server.app.inject({
      method: "POST",
      url: config.server.endpoint,
      headers: { "content-type": "application/json", ...(token !== undefined && { authorization: token }), ...headers },
      payload: JSON.stringify({ query, variables }),
    });
    const body = response.json<Pick<Answer, "data" | "errors">>();
    return { status: response.statusCode, data: body.data, errors: body.errors, headers: response.headers };
  };
}

async function startApp(
  options: TestAppOptions,
  database: TestDatabase,
  dataDir: string,
): Promise<{ app: App; config: Config }> {
  const { config } = loadConfig({
    valuesFiles: [],
    cwd: dataDir,
    env: {
      ...ROLLBACKS_ON,
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      HOST: "127.0.0.1",
      LOG_LEVEL: "silent",
      WORKERS__ENABLED: String(options.workers ?? false),
      ...options.env,
    },
  });
  const app = await createApp({
    config: { ...config, server: { ...config.server, port: 0 } },
    databaseUrl: options.databaseUrl ?? database.url,
    log: pino({ level: process.env["TEST_LOG_LEVEL"] ?? "silent" }),
    ...(options.clock && { clock: options.clock }),
    ...(options.driver && { driver: options.driver }),
    ...(options.webClientFolder !== undefined && { webClientFolder: options.webClientFolder }),
  });
  await app.start().catch(async (error: unknown) => {
    await app.stop();
    throw error;
  });
  return { app, config };
}
