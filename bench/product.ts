import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { placeArchive } from "./archive";
import { temporaryFolder } from "./temporary-folder";

/** What `npm run build` has made. */
export const MAIN = resolve(__dirname, "../dist/src/main.js");
/** The product's default; the bare server gets as many. */
export const POOL_SIZE = 4;
/** Clean-up and rollbacks agree on it; what is seeded lies well on either side. */
export const RETENTION_DAYS = 90;

/** As `npm start` gives them; the bare server gets the same. */
export const NODE_FLAGS = ["--max-semi-space-size=32"];

const MAX_START_MS = 30_000;

/** As in production, with every switch on that a rollback needs; nothing of the caller's environment gets in. */
export function productEnvironment(databaseUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    DATABASE__POOL_SIZE: String(POOL_SIZE),
    LOG_LEVEL: "info",
    // A replica that only serves: what is measured is the request, not the rollout that follows it.
    WORKERS__ENABLED: "false",
    DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "true",
    DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "true",
    DEPLOYMENTS__CONFIGURE_DAG_DEPLOYMENT: "true",
    DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT: "true",
  };
}

export interface RunningServer {
  /** Of the endpoint that takes POST. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** `retrograde serve` in a process of its own; its log goes to a file, as it would to a collector. */
export async function startProduct(databaseUrl: string, profileDir?: string): Promise<RunningServer> {
  const folder = await temporaryFolder("product");
  await placeArchive(folder);
  const logFile = join(folder, "log");
  const log = await open(logFile, "w");
  const port = await freePort();
  const profiling = profileDir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(profileDir)}`];
  if (profileDir !== undefined) await mkdir(profileDir, { recursive: true });
  const child = spawn(process.execPath, [...NODE_FLAGS, ...profiling, MAIN, "serve"], {
    cwd: folder,
    env: { ...productEnvironment(databaseUrl), HOST: "127.0.0.1", PORT: String(port), DATA_DIR: folder },
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  const ended = once(child, "exit");
  process.on("exit", () => child.kill("SIGKILL"));
  const base = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + MAX_START_MS; !(await isReady(`${base}/v1/readyz`)); await pause(100)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`the product did not start:\n${await readFile(logFile, "utf8")}`);
    }
  }
  return {
    url: `${base}/v1`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
