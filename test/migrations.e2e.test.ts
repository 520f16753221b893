import { migrations } from "../migrations";
import { connect } from "../src/composition-root";
import { isMigrated, migrate } from "../src/shared/db/migrate";
import { createTestDatabase, type TestDatabase } from "./world/database";

/** Index features that TypeORM's entities cannot express; the migration has them. */
const INEXPRESSIBLE = ["log_line_deployment"];

describe("migrations", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const tables = async (): Promise<string[]> => {
    const rows = await database.sql.query<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'");
    return rows.map(({ name }) => name).sort();
  };

  test("agree with the entities", async () => {
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
    const drift = upQueries.map(({ query }) => query).filter((query) => !INEXPRESSIBLE.some((name) => query.includes(name)));
    expect(drift).toEqual([]);
  });

  test("can be taken back and made again", async () => {
    const before = await tables();
    for (let one = 0; one < migrations.length; one++) await database.dataSource.undoLastMigration();
    expect(await tables()).toEqual(["schema_migration"]);
    expect(await isMigrated(database.dataSource)).toBe(false);
    const second = await connect(database.url);
    await Promise.all([migrate(database.dataSource), migrate(second)]);
    await second.destroy();
    expect(await tables()).toEqual(before);
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
