import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { escapeIdentifier } from "pg";
import { connectionSettings } from "../infrastructure/postgres/connection-settings";
import { SessionClient } from "../infrastructure/postgres/session-client";
import { findPostgresPackage, runnableBinaries } from "./binaries";
import { ensureCluster, readPassword, SUPERUSER } from "./cluster";
import { type DataFolder, openDataFolder, securePermissions } from "./data-folder";
import { claimDataFolder } from "./ownership";
import { clearAwayOrphan, portOfRunningServer, type RunningServer, type ServerOptions, startServer } from "./server";
import { serverAccount } from "./server-account";

const PORT_ATTEMPTS = 5;

export interface EmbeddedPostgresOptions {
  /** A folder for nothing else, created if it does not exist. Only one process at a time may use it. */
  dataDir: string;
  /** Created if it does not exist. */
  databaseName: string;
  /** Whether committed data survives a crash of the machine. Only tests can do without; default true. */
  durable?: boolean;
  /** Default: a free port, another one at each start. */
  port?: number;
  log?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** A superuser's URL with the password, on loopback. */
  readonly url: string;
  /** Resolves with the last lines of the log once the server has ended, for whatever reason. */
  readonly exited: Promise<string>;
  /** Ends open connections and shuts down; resolves once no process is left. May be called repeatedly. */
  stop(): Promise<void>;
}

/**
 * Starts a Postgres server for this process, with its data in `dataDir`. The server ends when this process ends, even
 * by SIGKILL. Call it from the main thread. Nothing is left running if it throws.
 *
 * @throws Error if this platform has no embedded Postgres, the folder is in use, or the server does not start; the
 * message is meant for the person who starts the service
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { databaseName, durable = true, log = () => {} } = options;
  const postgres = await findPostgresPackage();
  const account = serverAccount();
  const folder = await openDataFolder(options.dataDir, account);
  const release = await claimDataFolder(folder);
  let server: RunningServer | undefined;
  try {
    await clearAwayOrphan(folder, log);
    await securePermissions(folder, account);
    const binDir = await runnableBinaries(postgres, { dataDir: folder.path, account, log });
    const password = await ensureCluster(folder, { binDir, account, durable });
    const { port, ...started } = await startOnPort(folder, { binDir, account, durable, port: options.port });
    server = started;

    const url = (database: string) => addressOf({ password, port, database });
    await ensureDatabase(url("postgres"), databaseName);
    log(`Postgres listens on 127.0.0.1:${port}, its data is in ${folder.path}`);

    // The folder is released even if the server dies by itself, so that it can be started again.
    const released = started.exited.then(release);
    const stop = async () => {
      await started.stop();
      await released;
    };
    return { url: url(databaseName), exited: started.exited, stop };
  } catch (error) {
    await server?.stop();
    await release();
    throw error;
  }
}

/** A superuser's URL with the password, on loopback. */
const addressOf = ({ password, port, database }: { password: string; port: number; database: string }): string =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/**
 * The URL of the Postgres that another process runs in the folder, with its password; undefined while that Postgres
 * accepts no connections, or its owner has not created the database yet.
 *
 * @throws Error if the folder belongs to another user
 */
export async function findRunningPostgres(dataDir: string, databaseName: string): Promise<string | undefined> {
  const folder = await openDataFolder(dataDir, serverAccount());
  const port = await portOfRunningServer(folder);
  if (port === undefined) return undefined;
  const password = await readPassword(folder);
  const url = (database: string) => addressOf({ password, port, database });
  const exists = await withClient(url("postgres"), (client) => hasDatabase(client, databaseName)).catch(() => false);
  return exists ? url(databaseName) : undefined;
}

async function startOnPort(
  folder: DataFolder,
  { port: wantedPort, ...options }: Omit<ServerOptions, "port"> & { port: number | undefined },
): Promise<RunningServer & { port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = wantedPort ?? (await freePort());
    try {
      return { port, ...(await startServer(folder, { ...options, port })) };
    } catch (error) {
      // Between finding a free port and using it, another process may have taken it.
      const portTaken = error instanceof Error && error.message.includes("Address already in use");
      if (!portTaken || wantedPort !== undefined || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function ensureDatabase(url: string, name: string): Promise<void> {
  return withClient(url, async (client) => {
    if (!(await hasDatabase(client, name))) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  });
}

async function hasDatabase(client: SessionClient, name: string): Promise<boolean> {
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  return rowCount === 1;
}

async function withClient<T>(url: string, use: (client: SessionClient) => Promise<T>): Promise<T> {
  const client = new SessionClient({ ...connectionSettings(url, "commands"), ssl: false });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
