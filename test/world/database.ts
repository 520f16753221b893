import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { DataSource } from "typeorm";
import { migrations } from "../../migrations";
import { entities } from "../../src/composition/entities";
import { createDataSource, sqlOf } from "../../src/infrastructure/postgres/data-source";
import type { Sql } from "../../src/infrastructure/postgres/sql";

export const TEMPLATE_DATABASE = "retrograde_template";

const POOL_SIZE = 8;

export interface TestDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly sql: Sql;
  drop(): Promise<void>;
}

/** Where global-setup.ts has put the server: TEST_DATABASE_URL, or the embedded one. */
export function serverUrl(): string {
  const url = process.env["RETROGRADE_TEST_SERVER_URL"];
  if (url === undefined) throw new Error("test/world/global-setup.ts has not run");
  return url;
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

export async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A migrated database of its own, cloned from the template; `poolSize` connections. */
export async function createTestDatabase({ poolSize = POOL_SIZE } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  return openDatabase(name, poolSize);
}

/**
 * A copy of the database as it is now. Postgres copies only what has no connections, so the database is returned opened
 * anew.
 */
export async function backUp(
  database: TestDatabase,
): Promise<{ readonly database: TestDatabase; readonly backup: TestDatabase }> {
  const name = new URL(database.url).pathname.slice(1);
  const copy = `${name}_copy_${randomBytes(4).toString("hex")}`;
  await database.dataSource.destroy();
  await administer(`CREATE DATABASE ${copy} TEMPLATE ${name}`);
  return { database: await openDatabase(name, POOL_SIZE), backup: await openDatabase(copy, POOL_SIZE) };
}

async function openDatabase(name: string, poolSize: number): Promise<TestDatabase> {
  const url = withDatabase(serverUrl(), name);
  const dataSource = await createDataSource({ url, poolSize, entities, migrations }).initialize();
  return {
    url,
    dataSource,
    sql: sqlOf(dataSource),
    async drop() {
      if (dataSource.isInitialized) await dataSource.destroy();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
