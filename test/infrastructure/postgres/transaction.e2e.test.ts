import type { EntityManager } from "typeorm";
import { sqlOf } from "../../../src/infrastructure/postgres/data-source";
import { PreparedClient } from "../../../src/infrastructure/postgres/prepared-client";
import { inTransaction } from "../../../src/infrastructure/postgres/transaction";
import { JobScheduleRow } from "../../../src/infrastructure/jobs/worker-lease.row";
import { createTestDatabase, type TestDatabase } from "../../world/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 2 });
});
afterAll(() => database.drop());
beforeEach(() => database.sql.query("DELETE FROM job_schedule"));
afterEach(() => jest.restoreAllMocks());

const INSERT = "INSERT INTO job_schedule (task, last_due_at) VALUES ($1, now())";
const tasks = async (): Promise<string[]> =>
  (await database.sql.query<{ task: string }>("SELECT task FROM job_schedule ORDER BY task")).map(({ task }) => task);
const transaction = <T>(work: (manager: EntityManager) => Promise<T>): Promise<T> =>
  inTransaction(database.dataSource, work);

test("statements take part in it, and so do TypeORM's repositories", async () => {
  const seen = await transaction(async (manager) => {
    await sqlOf(manager).query(INSERT, ["one"]);
    await manager.save(Object.assign(new JobScheduleRow(), { task: "two", lastDueAt: "2024-07-15T09:30:00.000Z" }));
    expect(await tasks()).toEqual([]);
    return manager.count(JobScheduleRow);
  });
  expect(seen).toBe(2);
  expect(await tasks()).toEqual(["one", "two"]);
});

test("work that throws leaves nothing, and its error is passed on", async () => {
  const failed = transaction(async (manager) => {
    await sqlOf(manager).query(INSERT, ["one"]);
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await tasks()).toEqual([]);
});

test("a first statement that fails leaves a connection that others can use", async () => {
  const broken = transaction((manager) => sqlOf(manager).query("SELECT 1/0"));
  await expect(broken).rejects.toThrow("division by zero");
  await transaction((manager) => sqlOf(manager).query(INSERT, ["after"]));
  expect(await tasks()).toEqual(["after"]);
});

test("a statement that failed and was forgotten is no commit", async () => {
  const forgotten = transaction(async (manager) => {
    await sqlOf(manager).query(INSERT, ["one"]);
    await sqlOf(manager)
      .query("SELECT 1/0")
      .catch(() => undefined);
    return "done";
  });
  await expect(forgotten).rejects.toThrow("Postgres has rolled the transaction back");
  expect(await tasks()).toEqual([]);
});

test("a connection that ends in the middle leaves nothing, and the next transaction gets another", async () => {
  const failed = transaction(async (manager) => {
    const sql = sqlOf(manager);
    await sql.query(INSERT, ["one"]);
    await sql.query("SELECT pg_terminate_backend(pg_backend_pid())");
  });
  await expect(failed).rejects.toThrow(/terminat|Connection/);
  await transaction((manager) => sqlOf(manager).query(INSERT, ["after"]));
  expect(await tasks()).toEqual(["after"]);
});

test("where BEGIN fails, only the first statement was sent, and it answers nothing", async () => {
  const sent: unknown[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound at the call below
  const send: (...given: unknown[]) => unknown = PreparedClient.prototype.query;
  jest.spyOn(PreparedClient.prototype, "query").mockImplementation(function (this: unknown, ...given: unknown[]) {
    sent.push(given[0]);
    return given[0] === "BEGIN" ? Promise.reject(new Error("no BEGIN")) : send.apply(this, given);
  });
  const answered = jest.fn();
  const failed = transaction(async (manager) => {
    const sql = sqlOf(manager);
    await Promise.all([sql.query("SELECT 1"), sql.query(INSERT, ["second"])]).then(answered);
  });
  await expect(failed).rejects.toThrow("no BEGIN");
  expect(answered).not.toHaveBeenCalled();
  expect(sent).toEqual(["BEGIN", "SELECT 1", "ROLLBACK"]);
});
