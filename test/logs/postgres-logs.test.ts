import { LogLineStore } from "../../src/features/logs/db/log-line-store";
import { PostgresLogSearch } from "../../src/features/logs/db/postgres-log-search";
import { createTestDatabase, type TestDatabase } from "../world/database";
import { newLine, newLines } from "./lines";
import { describeLogSearch } from "./log-search-contract";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe("Postgres answers searches:", () => {
  describeLogSearch(() => ({
    search: new PostgresLogSearch(database.sql),
    store: (lines) => new LogLineStore(database.sql).add(lines),
  }));
});

describe("old lines are deleted", () => {
  const before = "2020-01-01T00:00:00.000Z";
  const old = { createdAt: "2019-12-31T23:59:59.999Z" };

  test("in portions, and none that is younger", async () => {
    const lines = new LogLineStore(database.sql);
    await lines.add([...newLines(5, old), newLine({ createdAt: before })]);
    expect(await lines.deleteOlderThan(before, 3, "all")).toBe(3);
    expect(await lines.deleteOlderThan(before, 3, "all")).toBe(2);
    expect(await lines.deleteOlderThan(before, 3, "all")).toBe(0);
  });

  test("but not while they wait for Elasticsearch", async () => {
    const lines = new LogLineStore(database.sql);
    await lines.add(newLines(3, old));
    const [refused] = (await lines.lock(100, null, before)).filter(({ createdAt }) => createdAt === old.createdAt);
    const ids = [{ id: refused?.id ?? "", reason: "too large" }];
    expect((await lines.refuse(ids, before)).size).toBe(0);
    expect(await lines.deleteOlderThan(before, 10, "rejected")).toBe(0);
    expect((await lines.refuse(ids, "2020-01-02T00:00:00.000Z")).size).toBe(1);
    expect(await lines.deleteOlderThan(before, 10, "rejected")).toBe(1);
    expect(await lines.deleteOlderThan(before, 10, "all")).toBe(2);
  });
});
