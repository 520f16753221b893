import { pino } from "pino";
import { createLogsModule, type LogsModule } from "../../src/features/logs/module";
import { systemClock } from "../../src/kernel/clock";
import { sqlOf } from "../../src/infrastructure/postgres/data-source";
import { createUnitOfWork } from "../../src/infrastructure/postgres/unit-of-work";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import { createTestDatabase, type TestDatabase } from "../world/database";
import { eventually, PREFIX } from "./export-world";
import { newLine } from "./lines";

let database: TestDatabase;
let elasticsearch: FakeElasticsearch;

beforeAll(async () => {
  database = await createTestDatabase();
  elasticsearch = await new FakeElasticsearch().start();
});
afterAll(async () => {
  await elasticsearch.stop();
  await database.drop();
});

const open = (withElasticsearch: boolean, { batchSize = 500 } = {}): LogsModule =>
  createLogsModule({
    sql: database.sql,
    unitOfWork: (toTx) => createUnitOfWork(database.dataSource, (manager) => toTx(sqlOf(manager))),
    elasticsearch: withElasticsearch ? { node: elasticsearch.url, indexPrefix: PREFIX, batchSize } : null,
    logger: pino({ level: "silent" }),
    clock: systemClock,
  });

test.each([false, true])(
  "a line written with a change can be read back (Elasticsearch: %s)",
  async (withElasticsearch) => {
    const logs = open(withElasticsearch);
    const line = newLine();
    await database.dataSource.transaction((manager) => logs.writer(sqlOf(manager)).add([line]));
    logs.exporter?.start();

    const found = async (): Promise<boolean> => {
      elasticsearch.cluster.refresh("*");
      const entries = await logs.search.search({ ...line, deploymentCreatedAt: line.createdAt, limit: 10 });
      return entries[0]?.message === line.message;
    };
    await eventually(found);
    await logs.close();
  },
);

test("lines are exported in batches of the configured size", async () => {
  const logs = open(true, { batchSize: 2 });
  const lines = Array.from({ length: 5 }, () => newLine());
  await database.dataSource.transaction((manager) => logs.writer(sqlOf(manager)).add(lines));
  const before = elasticsearch.bulkSizes.length;
  logs.exporter?.start();
  await eventually(async () => elasticsearch.bulkSizes.slice(before).reduce((sum, size) => sum + size, 0) === 5);
  expect(elasticsearch.bulkSizes.slice(before)).toEqual([2, 2, 1]);
  await logs.close();
});

test("a change that is rolled back leaves no line", async () => {
  const logs = open(false);
  const line = newLine();
  const change = database.dataSource.transaction(async (manager) => {
    await logs.writer(sqlOf(manager)).add([line]);
    throw new Error("refused");
  });
  await expect(change).rejects.toThrow("refused");
  expect(await logs.search.search({ ...line, deploymentCreatedAt: line.createdAt, limit: 10 })).toEqual([]);
});

describe("while Elasticsearch cannot be read", () => {
  const away = () => elasticsearch.fail("search", { kind: "status", status: 503 });

  test("lines that have not reached it are shown, and that others are missing", async () => {
    const logs = open(true);
    const line = newLine();
    const lines = ["one", "two", "three"].map((message) => ({ ...line, message }));
    await database.dataSource.transaction((manager) => logs.writer(sqlOf(manager)).add(lines));
    for (const [limit, shown] of [
      [10, ["one", "two", "three"]],
      [3, ["two", "three"]],
      [1, ["three"]],
    ] as const) {
      away();
      const [notice, ...rest] = await logs.search.search({ ...line, deploymentCreatedAt: line.createdAt, limit });
      expect(notice?.message).toContain("Elasticsearch cannot be read now");
      expect(rest.map(({ message }) => message)).toEqual(shown);
    }
    away();
    await expect(
      logs.search.search({ ...line, deploymentCreatedAt: line.createdAt, component: "scheduler", limit: 10 }),
    ).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await logs.close();
  });

  test("a log that is followed waits", async () => {
    const logs = open(true);
    const line = newLine();
    await database.dataSource.transaction((manager) => logs.writer(sqlOf(manager)).add([line]));
    away();
    await expect(
      logs.search.oldest({
        ...line,
        deploymentCreatedAt: line.createdAt,
        since: "2020-01-01T00:00:00.000Z",
        limit: 10,
      }),
    ).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await logs.close();
  });
});

test("logs that cannot be read are reported as such", async () => {
  const logs = open(true);
  elasticsearch.fail("search", { kind: "status", status: 503 });
  await expect(
    logs.search.search({ ...newLine(), deploymentCreatedAt: "2024-01-01T00:00:00.000Z", limit: 10 }),
  ).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await logs.close();
});
