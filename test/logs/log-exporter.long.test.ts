import { indexName } from "../../src/features/logs/domain/log-line";
import { eventually, ExportWorld, PREFIX } from "./export-world";
import { messages, newLine, newLines } from "./lines";

let world: ExportWorld;

beforeEach(async () => {
  world = await ExportWorld.open();
});
afterEach(() => world.close());

const tableIsEmpty = (): Promise<boolean> => world.tableIsEmpty();

describe("all is well", () => {
  test("every line is exported in order, batch after batch, and leaves the table", async () => {
    await world.add(newLines(25));
    world.exporter({ batchSize: 10 }).start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(25));
    expect(world.elasticsearch.bulkSizes).toEqual([10, 10, 5]);
    expect(world.counts).toEqual({ exported: 25, rejected: 0, failedBatches: 0, lagSeconds: 0 });
    expect(world.logged).toEqual([]);
  });

  test("a full batch is followed by the next at once", async () => {
    await world.add(newLines(30));
    world.exporter({ batchSize: 10, pollIntervalMs: 3_600_000 }).start();
    await eventually(tableIsEmpty);
  });

  test("text that Postgres cannot hold is stored all the same", async () => {
    await world.add([newLine({ message: "nul \0 and \ud800", fields: { output: "\0" } })]);
    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(["nul \\x00 and \\u{d800}"]);
  });

  test("the lag is the age of the oldest waiting line", async () => {
    world.elasticsearch.fail("bulk", { kind: "status", status: 503 }, 1_000);
    await world.add(
      ["2024-11-11T09:00:00.000Z", "2024-11-11T09:30:00.000Z"].map((createdAt) => newLine({ createdAt })),
    );
    world.exporter().start();
    await eventually(() => world.counts.failedBatches > 0);
    expect(world.counts.lagSeconds).toBe(3_600);
  });

  test("each line goes through exactly once with two exporters at work", async () => {
    await world.add(newLines(600));
    for (const exporter of [world.exporter({ batchSize: 20 }), world.exporter({ batchSize: 20 })]) exporter.start();
    await eventually(tableIsEmpty);
    await eventually(() => world.counts.exported === 600);
    expect(new Set(world.exportedMessages())).toEqual(new Set(messages(600)));
    expect(world.elasticsearch.documents().filter(({ version }) => version !== 1)).toEqual([]);
  });
});

describe("Elasticsearch is down", () => {
  test("nothing is lost, the order is kept, and it is told once", async () => {
    await world.elasticsearch.stop();
    await world.add(newLines(30));
    world.exporter({ batchSize: 10 }).start();
    await eventually(() => world.counts.failedBatches >= 20);
    expect(await world.inTable()).toHaveLength(30);

    await world.elasticsearch.start();
    await eventually(tableIsEmpty);
    await eventually(() => world.loggedAt("info").length > 0);
    expect(world.exportedMessages()).toEqual(messages(30));
    expect(world.elasticsearch.documents().every(({ version }) => version === 1)).toBe(true);
    expect(world.loggedAt("warn")).toEqual([
      expect.stringContaining("index template"),
      expect.stringContaining("kept and sent later"),
    ]);
    expect(world.loggedAt("info")).toEqual(["Log lines are exported again"]);
  });

  test.each([429, 502, 503, 401, 403])("it answers %d for a while", async (status) => {
    world.elasticsearch.fail("bulk", { kind: "status", status }, 3);
    await world.add(newLines(5));
    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(5));
    expect(world.counts).toMatchObject({ exported: 5, rejected: 0, failedBatches: 3 });
    expect(world.logged[0]).toMatchObject({ level: "warn", reason: expect.stringContaining(String(status)) });
  });

  test("the back-off grows with each failure in a row and hears Retry-After", async () => {
    const asked: [number, number | null][] = [];
    const backOff = (failures: number, askedMs: number | null): number => {
      asked.push([failures, askedMs]);
      return 0;
    };
    world.elasticsearch.fail("bulk", { kind: "status", status: 503 }, 2);
    world.elasticsearch.fail("bulk", { kind: "status", status: 429, retryAfterSeconds: 7 });
    await world.add(newLines(1));
    world.exporter({ backOff }).start();
    await eventually(tableIsEmpty);
    expect(asked).toEqual([
      [1, null],
      [2, null],
      [3, 7_000],
    ]);
  });

  test.each(["before", "after"] as const)("the connection is lost %s the request was carried out", async (when) => {
    world.elasticsearch.fail("bulk", { kind: "drop", when });
    await world.add(newLines(5));
    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(5));
    expect(world.elasticsearch.documents().map(({ version }) => version)).toEqual(
      Array(5).fill(when === "before" ? 1 : 2),
    );
  });

  test("a request that is never answered is given up and repeated", async () => {
    world.elasticsearch.fail("bulk", { kind: "stall" });
    await world.add(newLines(5));
    world.exporter({ sink: world.sink({ requestTimeoutMs: 100 }) }).start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(5));
    expect(world.logged[0]).toMatchObject({ level: "warn", reason: expect.stringContaining("TimeoutError") });
  });

  test("stopping does not wait for a request that never ends, and keeps its lines", async () => {
    world.elasticsearch.fail("bulk", { kind: "stall" });
    await world.add(newLines(3));
    const exporter = world.exporter({ stopGraceMs: 20 });
    exporter.start();
    await eventually(() => world.elasticsearch.requests.some((one) => one.endsWith("/_bulk")));
    await exporter.stop();
    expect(await world.inTable()).toHaveLength(3);
    expect(world.loggedAt("warn")).toEqual([]);
  });
});

describe("the exporter dies", () => {
  test("between the bulk request and its commit: the next one repeats it, and nothing is doubled", async () => {
    await world.add(newLines(5));
    const { unitOfWork } = world;
    const dying = world.exporter({
      unitOfWork: {
        run: (work) =>
          unitOfWork.run(async (tx) => {
            await work(tx);
            throw new Error("killed");
          }),
      },
    });
    dying.start();
    await eventually(() => world.counts.failedBatches > 0);
    await dying.stop();
    expect(world.exportedMessages()).toEqual(messages(5));
    expect(await world.inTable()).toHaveLength(5);
    expect(world.counts.exported).toBe(0);

    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(5));
  });

  test("its database session is cut with the request under way: the loop goes on by itself", async () => {
    world.elasticsearch.fail("bulk", { kind: "stall" });
    await world.add(newLines(5));
    world.exporter().start();
    await eventually(() => world.elasticsearch.requests.some((one) => one.endsWith("/_bulk")));
    await world.database.sql.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    await world.elasticsearch.stop();
    await world.elasticsearch.start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(5));
  });
});

describe("the index template", () => {
  const puts = (): number =>
    world.elasticsearch.requests.filter((one) => one.startsWith("PUT /_index_template")).length;

  test("is put once, before the first line", async () => {
    await world.add(newLines(4));
    world.exporter({ batchSize: 1 }).start();
    await eventually(tableIsEmpty);
    world.exporter().start();
    await world.add(newLines(1));
    await eventually(tableIsEmpty);
    expect(puts()).toBe(1);
    expect(world.elasticsearch.requests.findIndex((one) => one.startsWith("PUT"))).toBeLessThan(
      world.elasticsearch.requests.indexOf("POST /_bulk"),
    );
    expect([...world.elasticsearch.cluster.templates.keys()]).toEqual([`${PREFIX}-retrograde`]);
  });

  test("does not hold up the lines when it is refused, and is tried again later", async () => {
    world.elasticsearch.fail("template", { kind: "status", status: 403 });
    await world.add(newLines(4));
    world.exporter({ batchSize: 1 }).start();
    await eventually(tableIsEmpty);
    expect(puts()).toBe(0);
    expect(world.loggedAt("warn")).toEqual(["Log lines go without an index template, which could not be put"]);

    world.now = "2024-11-11T10:01:00.000Z";
    await eventually(() => puts() === 1);
  });
});

test("lines go to the index of the day on which they were written, however late they are sent", async () => {
  const written = newLine({ createdAt: "2024-10-31T23:59:59.999Z" });
  await world.add([written]);
  world.exporter().start();
  await eventually(tableIsEmpty);
  expect(world.elasticsearch.documents()[0]?.index).toBe(indexName(PREFIX, written));
});
