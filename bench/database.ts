import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../src/embedded-postgres";
import { MAIN, productEnvironment } from "./product";
import { temporaryFolder } from "./temporary-folder";

export interface BenchDatabase {
  readonly url: string;
  readonly client: Client;
  readonly version: string;
  /** Leaves nothing behind. */
  stop(): Promise<void>;
}

/** A migrated database of its own on BENCH_DATABASE_URL's server, or on an embedded one that syncs to disk. */
export async function startDatabase(): Promise<BenchDatabase> {
  const server = await startServer();
  try {
    const name = `retrograde_bench_${process.pid}`;
    const url = withDatabase(server.url, name);
    await administer(server.url, `CREATE DATABASE ${name}`);
    await migrate(url);
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version') AS version");
    return {
      url,
      client,
      version: rows[0]?.version ?? "unknown",
      async stop() {
        await client.end().catch(() => undefined);
        await administer(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env["BENCH_DATABASE_URL"];
  if (given !== undefined) return { url: given, stop: async () => undefined };
  return startEmbeddedPostgres({ dataDir: await temporaryFolder("postgres"), databaseName: "postgres", durable: true });
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function migrate(url: string): Promise<void> {
  const child = spawn(process.execPath, [MAIN, "migrate"], {
    cwd: tmpdir(),
    env: productEnvironment(url),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`migrate ended with ${code}`);
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
