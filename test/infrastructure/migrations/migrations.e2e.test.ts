import { randomBytes } from "node:crypto";
import { migrations } from "../../../migrations";
import { connect } from "../../../src/composition/composition-root";
import { isMigrated, migrate } from "../../../src/infrastructure/migrations/migrate";
import { sqlOf } from "../../../src/infrastructure/postgres/data-source";
import { newId } from "../../../src/kernel/ids";
import { createDeployment, deployImage, finish, signUpAdmin } from "../../builders/api";
import { startTestApp } from "../../world/app";
import { administer, createTestDatabase, serverUrl, withDatabase, type TestDatabase } from "../../world/database";

/** Index features that TypeORM's entities cannot express; the migration has them. */
const INEXPRESSIBLE = ["log_line_deployment"];

describe("migrations", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const tables = async (): Promise<string[]> => {
    const rows = await database.sql.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    return rows.map(({ name }) => name).sort();
  };

  test("agree with the entities", async () => {
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
    const drift = upQueries
      .map(({ query }) => query)
      .filter((query) => !INEXPRESSIBLE.some((name) => query.includes(name)));
    expect(drift).toEqual([]);
  });

  test("can be taken back and made again", async () => {
    const before = await tables();
    for (let one = 0; one < migrations.length; one++) await database.dataSource.undoLastMigration();
    expect(await tables()).toEqual(["schema_migration"]);
    expect(await isMigrated(database.dataSource)).toBe(false);
    const second = await connect(database.url, "migrations");
    await Promise.all([migrate(database.dataSource), migrate(second)]);
    await second.destroy();
    expect(await tables()).toEqual(before);
  });

  test("need no superuser, and neither does the service: a role that owns its database is enough", async () => {
    const name = `ordinary_${randomBytes(8).toString("hex")}`;
    await administer(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`);
    await administer(`CREATE DATABASE ${name} OWNER ${name}`);
    const url = Object.assign(new URL(withDatabase(serverUrl(), name)), { username: name, password: "x" }).toString();
    const dataSource = await connect(url, "migrations");
    try {
      await migrate(dataSource);
      const world = await startTestApp({
        database: { ...database, url, dataSource, sql: sqlOf(dataSource) },
        workers: true,
      });
      try {
        const admin = await signUpAdmin(world);
        const { id } = await deployImage(world, admin, await createDeployment(world, admin), { rollOut: false });
        expect(await finish(world, id)).toMatchObject({ status: "DEPLOYED" });
      } finally {
        await world.close();
      }
    } finally {
      await dataSource.destroy();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
      await administer(`DROP ROLE ${name}`);
    }
  });

  test("give every table a primary key, and every foreign key an index", async () => {
    const keyless = await database.sql.query(
      `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)`,
    );
    expect(keyless).toEqual([]);
    const unindexed = await database.sql.query(
      `SELECT k.conname FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND (i.indkey::int2[])[0] = k.conkey[1])`,
    );
    expect(unindexed).toEqual([]);
  });
});

test("Deployments that share a namespace keep it, and nobody else gets it", async () => {
  const database = await createTestDatabase();
  try {
    while (
      (await database.sql.query("SELECT 1 FROM information_schema.columns WHERE column_name = 'shares_namespace'"))
        .length > 0
    ) {
      await database.dataSource.undoLastMigration();
    }
    const workspaceId = newId();
    await database.sql.query(
      "INSERT INTO workspace (id, label, created_at, updated_at) VALUES ($1, 'w', now(), now())",
      [workspaceId],
    );
    const add = (releaseName: string, namespace: string): Promise<unknown> =>
      database.sql.query(
        `INSERT INTO deployment (id, workspace_id, label, release_name, namespace, chart_version, executor, dag_deployment_type, dag_deployment, components,
           environment_variables, config, properties, rollback_enabled, last_revision_number, created_at, updated_at)
         VALUES ($1, $2, 'd', $3, $4, '1', 'LocalExecutor', 'image', '{}', '{}', '[]', '{}', '{}', false, 0, now(), now())`,
        [newId(), workspaceId, releaseName, namespace],
      );
    for (const name of ["one", "two", "three"]) await add(name, "shared");
    await add("four", "own");
    await migrate(database.dataSource);
    expect(
      await database.sql.query("SELECT release_name, shares_namespace FROM deployment ORDER BY created_at, id"),
    ).toEqual([
      { release_name: "one", shares_namespace: false },
      { release_name: "two", shares_namespace: true },
      { release_name: "three", shares_namespace: true },
      { release_name: "four", shares_namespace: false },
    ]);
    for (const namespace of ["shared", "own"])
      await expect(add("five", namespace)).rejects.toThrow("deployment_namespace_key");
  } finally {
    await database.drop();
  }
});
