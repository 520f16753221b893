import { createTestDatabase, type TestDatabase } from "../../world/database";
import { poolOf, sqlOf } from "../../../src/infrastructure/postgres/data-source";
import { sqlStateOf } from "../../../src/infrastructure/postgres/sql-state";

const CONNECTIONS = 2;

let database: TestDatabase;

beforeEach(async () => void (database = await createTestDatabase({ poolSize: CONNECTIONS })));
afterEach(() => database.drop());

const answerOf = async (number: number): Promise<number> => {
  const [row] = await database.sql.query<{ answer: number }>("SELECT $1::int / $2::int AS answer", [number * 3, 3]);
  return row!.answer;
};

test("each of many statements gets its own rows", async () => {
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  expect(await Promise.all(numbers.map(answerOf))).toEqual(numbers);
});

test("statements that fail leave the ones beside them alone", async () => {
  const divide = (by: number) => database.sql.query<{ answer: number }>("SELECT 10 / $1::int AS answer", [by]);
  const settled = await Promise.allSettled(Array.from({ length: 60 }, (_, index) => divide(index % 3)));
  for (const [index, one] of settled.entries()) {
    if (one.status === "rejected") expect([index % 3, sqlStateOf(one.reason)]).toEqual([0, "22012"]);
    else expect(one.value).toEqual([{ answer: 10 / (index % 3) }]);
  }
  expect(await answerOf(7)).toBe(7);
});

test("while a connection is free, nobody waits behind a slow statement", async () => {
  const order: string[] = [];
  const slow = database.sql.query("SELECT pg_sleep($1)", [1]).then(() => order.push("slow"));
  await Promise.all([answerOf(1).then(() => order.push("quick")), slow]);
  expect(order).toEqual(["quick", "slow"]);
});

test("with all connections busy, those that wait share the next", async () => {
  const pool = poolOf(database.dataSource);
  const busy = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
  const numbers = Array.from({ length: 15 }, (_, number) => number);
  const answers = Promise.all(numbers.map(answerOf));
  let taken = 0;
  pool.on("acquire", () => taken++);
  for (const client of busy) client.release();
  expect(await answers).toEqual(numbers);
  expect(taken).toBeLessThan(numbers.length / 2);
});

test("a connection that breaks takes the statements on it along, and nothing else", async () => {
  const statements = Array.from({ length: 4 * CONNECTIONS }, () =>
    database.sql.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = pg_backend_pid()"),
  );
  const settled = await Promise.allSettled(statements);
  expect(settled.map(({ status }) => status)).toEqual(statements.map(() => "rejected"));
  expect(await answerOf(5)).toBe(5);
});

test("where no connection is to be had, everybody is told", async () => {
  await database.dataSource.destroy();
  const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, number) => answerOf(number)));
  expect(settled.map(({ status }) => status)).toEqual(settled.map(() => "rejected"));
});

test("in a transaction statements keep their order, and none outlives the failure of another", async () => {
  await database.sql.query("CREATE TABLE entry (number int PRIMARY KEY, place int GENERATED ALWAYS AS IDENTITY)");
  const write = (numbers: readonly number[]) =>
    database.dataSource.transaction(async (manager) => {
      const sql = sqlOf(manager);
      await Promise.all(numbers.map((number) => sql.query("INSERT INTO entry (number) VALUES ($1)", [number])));
    });
  await write([3, 1, 2]);
  await expect(write([4, 1, 5])).rejects.toMatchObject({ code: "23505" });
  const rows = await database.sql.query<{ number: number }>("SELECT number FROM entry ORDER BY place");
  expect(rows.map(({ number }) => number)).toEqual([3, 1, 2]);
});
