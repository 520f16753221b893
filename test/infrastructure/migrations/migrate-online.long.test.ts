import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { DataSource, MigrationInterface, QueryRunner } from "typeorm";
import { connect } from "../../../src/composition/composition-root";
import { migrate } from "../../../src/infrastructure/migrations/migrate";
import { addConstraint, createIndex } from "../../../src/infrastructure/migrations/online-changes";
import { createWorkspace, signUpAdmin } from "../../builders/api";
import { startTestApp, type TestApp } from "../../world/app";
import { createTestDatabase, type TestDatabase } from "../../world/database";

/** Takes the strongest lock on a table that every request reads. */
class ProbeColumn1999000000000 implements MigrationInterface {
  readonly name = "ProbeColumn1999000000000";
  up = async (queryRunner: QueryRunner): Promise<void> =>
    void (await queryRunner.query("ALTER TABLE role_binding ADD COLUMN probe text"));
  down = async (): Promise<void> => undefined;
}

class ProbeIndex1999000000001 implements MigrationInterface {
  readonly name = "ProbeIndex1999000000001";
  readonly transaction = false;
  up = (queryRunner: QueryRunner): Promise<void> =>
    createIndex(queryRunner, "audit_line_probe", "audit_line (address) WHERE address IS NOT NULL");
  down = async (): Promise<void> => undefined;
}

class ProbeConstraint1999000000002 implements MigrationInterface {
  readonly name = "ProbeConstraint1999000000002";
  readonly transaction = false;
  up = (queryRunner: QueryRunner): Promise<void> =>
    addConstraint(queryRunner, "audit_line", "audit_line_probe_check", "CHECK (action <> '')");
  down = async (): Promise<void> => undefined;
}

/** Within this time any call has been answered, unless it waits for the reader. */
const ANSWERED_WITHIN_MS = 30_000;

let database: TestDatabase;
let world: TestApp;
let admin: string;
/** Reads every table in one transaction, as pg_dump does. */
let reader: Client;
let sources: DataSource[];

beforeEach(async () => {
  database = await createTestDatabase();
  world = await startTestApp({ database });
  admin = await signUpAdmin(world);
  sources = [];
  reader = new Client({ connectionString: database.url, application_name: "a backup" });
  await reader.connect();
  await reader.query(
    "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM role_binding; SELECT count(*) FROM audit_line",
  );
});

afterEach(async () => {
  await reader.end();
  for (const source of sources) if (source.isInitialized) await source.destroy();
  await world.close();
  await database.drop();
});

/** A process of the next version, which has one migration more. */
async function nextVersion(...added: MigrationInterface[]): Promise<DataSource> {
  const source = await connect(database.url, "migrations");
  sources.push(source);
  Object.assign(source, { migrations: [...source.migrations, ...added] });
  return source;
}

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; !(await holds()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`not within 90 s: ${what}`);
  }
}

/** A call that reads and writes role_binding and audit_line. */
async function call(): Promise<void> {
  const late = new AbortController();
  const timeout = sleep(ANSWERED_WITHIN_MS, undefined, { signal: late.signal }).then(
    () => Promise.reject(new Error("the call waits for the reader")),
    () => undefined,
  );
  await Promise.race([createWorkspace(world, admin), timeout]).finally(() => late.abort());
}

const recorded = async (name: string): Promise<boolean> =>
  (await database.sql.query("SELECT FROM schema_migration WHERE name = $1", [name])).length === 1;
const indexes = (): Promise<{ valid: boolean }[]> =>
  database.sql.query("SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('audit_line_probe')");

/** Ends the server's side of the migration, as a kill of both sides does. */
async function killMigrating(statement: string): Promise<void> {
  const running = (): Promise<{ pid: number }[]> =>
    database.sql.query(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE $1",
      [`${statement}%`],
    );
  await eventually(`${statement} runs`, async () => (await running()).length > 0);
  for (const { pid } of await running()) await database.sql.query("SELECT pg_terminate_backend($1)", [pid]);
}

test("requests go on while a migration waits for a reader, which the operator is told of; it comes through once the reader has ended", async () => {
  const reports: string[] = [];
  const migrating = migrate(await nextVersion(new ProbeColumn1999000000000()), (message) => reports.push(message));
  migrating.catch(() => undefined);
  const tries = (): string[] => reports.filter((message) => message.includes("will be tried again"));
  // Through a whole try and into the next one.
  for (const end = Date.now() + 90_000; tries().length < 2 && Date.now() < end;) await call();
  expect(tries()[1]).toMatch(
    /^Migration ProbeColumn1999000000000 did not get its locks within 2 s .*: a backup \(process \d+ of the server\) has had a transaction open for \d+ s$/,
  );
  expect(await recorded("ProbeColumn1999000000000")).toBe(false);

  await reader.query("COMMIT");
  expect(await migrating).toEqual(["ProbeColumn1999000000000"]);
  expect(await recorded("ProbeColumn1999000000000")).toBe(true);
  await call();
});

test("a migration that is killed in the middle leaves nothing half done that the next one does not complete, also when three begin at once", async () => {
  const [column, index] = [new ProbeColumn1999000000000(), new ProbeIndex1999000000001()];
  const first = migrate(await nextVersion(column)).catch(() => "killed");
  await killMigrating("ALTER TABLE role_binding");
  expect(await first).toBe("killed");
  expect(await recorded(column.name)).toBe(false);

  const second = migrate(await nextVersion(index)).catch(() => "killed");
  await killMigrating("CREATE INDEX CONCURRENTLY audit_line_probe");
  expect(await second).toBe("killed");
  expect(await indexes()).toEqual([{ valid: false }]);
  await call();

  const three = await Promise.all([1, 2, 3].map(() => nextVersion(column, index)));
  const reports: string[] = [];
  const all = Promise.all(three.map((source) => migrate(source, (message) => reports.push(message))));
  all.catch(() => undefined);
  await eventually(
    "two wait",
    () => reports.filter((message) => message.startsWith("another process migrates")).length === 2,
  );
  await call();
  await reader.query("COMMIT");
  expect((await all).flat()).toEqual([column.name, index.name]);
  expect(await indexes()).toEqual([{ valid: true }]);
  await call();
});

test("a constraint that was left unvalidated is validated, beside a reader and writers", async () => {
  await reader.query("COMMIT");
  await database.sql.query(
    "ALTER TABLE audit_line ADD CONSTRAINT audit_line_probe_check CHECK (action <> '') NOT VALID",
  );
  await reader.query("BEGIN; SELECT count(*) FROM audit_line");
  expect(await migrate(await nextVersion(new ProbeConstraint1999000000002()))).toEqual([
    "ProbeConstraint1999000000002",
  ]);
  expect(
    await database.sql.query(
      "SELECT convalidated AS valid FROM pg_constraint WHERE conname = 'audit_line_probe_check'",
    ),
  ).toEqual([{ valid: true }]);
  await call();
});
