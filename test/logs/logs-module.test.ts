import { pino } from "pino";
import { createLogsModule, type LogsModule } from "../../src/features/logs/module";
import { systemClock } from "../../src/shared/app/clock";
import { sqlOf } from "../../src/shared/db/data-source";
import { createUnitOfWork } from "../../src/shared/db/unit-of-work";
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

const open = (withElasticsearch: boolean): LogsModule =>
  createLogsModule({
    sql: database.sql,
    unitOfWork: (toTx) => createUnitOfWork(database.dataSource, (manager) => toTx(sqlOf(manager))),
    elasticsearch: withElasticsearch ? { node: elasticsearch.url, indexPrefix: PREFIX } : null,
    logger: pino({ level: "silent" }),
    clock: systemClock,
  });

test.each([false, true])("a line written with a change can be read back (Elasticsearch: %s)", async (withElasticsearch) => {
  const logs = open(withElasticsearch);
  const line = newLine();
  await database.dataSource.transaction((manager) => logs.writer(sqlOf(manager)).add([line]));
  logs.exporter?.start();

  const found = async (): Promise<boolean> => {
    elasticsearch.cluster.refresh("*");
    const entries = await logs.search.search({ ...line, limit: 10 });
    return entries[0]?.message === line.message;
  };
  await eventually(found);
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
  expect(await logs.search.search({ ...line, limit: 10 })).toEqual([]);
});

test("logs that cannot be read are reported as such", async () => {
  const logs = open(true);
  elasticsearch.fail("search", { kind: "status", status: 503 });
  await expect(logs.search.search({ ...newLine(), limit: 10 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await logs.close();
});
