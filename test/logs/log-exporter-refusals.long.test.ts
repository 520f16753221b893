import { eventually, ExportWorld } from "./export-world";
import { messages, newLine, newLines } from "./lines";

let world: ExportWorld;

beforeEach(async () => {
  world = await ExportWorld.open();
});
afterEach(() => world.close());

async function dueInMinutes(id: string): Promise<number | null> {
  const [row] = await world.database.sql.query<{ due: string | null }>(
    "SELECT retry_at AS due FROM log_line WHERE id = $1",
    [id],
  );
  return row?.due == null ? null : (Date.parse(row.due) - Date.parse(world.now)) / 60_000;
}

const tableIsEmpty = (): Promise<boolean> => world.tableIsEmpty();

describe("single lines fail", () => {
  test("a partial failure is repeated for the lines that failed, and for no others", async () => {
    const ids = await world.add(newLines(5));
    for (const id of [ids[1], ids[3]]) {
      world.elasticsearch.failItem(id ?? "", { status: 429, type: "es_rejected_execution_exception", reason: "full" });
    }
    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.elasticsearch.bulkSizes).toEqual([5, 2]);
    expect(world.exportedMessages().sort()).toEqual(messages(5));
    expect(world.elasticsearch.documents().every(({ version }) => version === 1)).toBe(true);
  });

  test("refused documents are set aside and reported once, and block nothing", async () => {
    const poison = newLines(3, { releaseName: "No Such Name" }).map((one) => ({ ...one, message: "poison" }));
    await world.add([...newLines(3), ...poison, ...newLines(3)]);
    world.exporter({ batchSize: 2 }).start();
    await eventually(async () => world.counts.exported === 6 && (await world.lines.count()).setAside === 3);
    expect(await world.inTable()).toEqual(
      poison.map(() => ({
        id: expect.any(String),
        message: "poison",
        rejectedReason: expect.stringContaining("400 invalid_index_name_exception"),
      })),
    );
    expect(await world.lines.count()).toEqual({ waiting: 3, setAside: 3, refused: 0 });
    expect(world.counts).toMatchObject({ rejected: 0, failedBatches: 0 });
    expect(world.logged).toEqual([expect.objectContaining({ level: "warn", releaseName: "No Such Name" })]);
  });

  test("a refused document is tried again after a minute, and then after as long as it has been refused", async () => {
    const [id = ""] = await world.add(newLines(1));
    world.elasticsearch.failItem(
      id,
      { status: 400, type: "illegal_argument_exception", reason: "pipeline with id [absent] does not exist" },
      3,
    );
    world.exporter().start();
    for (const [sent, minutes] of [
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const) {
      await eventually(() => world.elasticsearch.bulkSizes.length === sent);
      await eventually(async () => (await dueInMinutes(id)) === minutes);
      world.passMinutes(minutes);
    }
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(1));
  });

  test("a document that was refused for a day is refused for good, until an operator sends it again", async () => {
    const [id = ""] = await world.add(newLines(1));
    world.elasticsearch.failItem(
      id,
      { status: 400, type: "document_parsing_exception", reason: "object mapping for [component]" },
      Infinity,
    );
    world.exporter().start();
    await eventually(async () => (await world.lines.count()).setAside === 1);
    world.passMinutes(24 * 60 - 1);
    await eventually(async () => world.elasticsearch.bulkSizes.length === 2 && (await dueInMinutes(id)) === 15);
    expect(await world.lines.count()).toEqual({ waiting: 1, setAside: 1, refused: 0 });
    world.passMinutes(15);
    await eventually(async () => (await world.lines.count()).refused === 1);
    await eventually(() => world.counts.rejected === 1);
    expect(world.loggedAt("error")).toEqual([expect.stringContaining("retrograde export --retry-rejected")]);

    world.elasticsearch.faults.clear();
    expect(await world.lines.retry()).toBe(1);
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(1));
  });

  test.each<[string, (world: ExportWorld) => void, (world: ExportWorld) => void]>([
    [
      "the limit of fields",
      ({ elasticsearch: { cluster } }) =>
        cluster.putTemplate("operator", {
          index_patterns: ["fluentd.*"],
          priority: 500,
          template: { settings: { "index.mapping.total_fields.limit": 3 } },
        }),
      ({ elasticsearch: { cluster } }) => cluster.templates.delete("operator"),
    ],
    [
      "a mapping that clashes",
      ({ elasticsearch: { cluster } }) =>
        cluster.putTemplate("operator", {
          index_patterns: ["fluentd.*"],
          priority: 500,
          template: { mappings: { properties: { component: { properties: {} } } } },
        }),
      ({ elasticsearch: { cluster } }) => cluster.templates.delete("operator"),
    ],
    [
      "a data stream's template",
      ({ elasticsearch: { cluster } }) =>
        cluster.putTemplate("operator", { index_patterns: ["fluentd.*"], priority: 500, data_stream: {} }),
      ({ elasticsearch: { cluster } }) => {
        cluster.dataStreams.clear();
        cluster.templates.delete("operator");
      },
    ],
    [
      "a pipeline that is missing",
      ({ elasticsearch: { cluster } }) =>
        cluster.putTemplate("operator", {
          index_patterns: ["fluentd.*"],
          priority: 500,
          template: { settings: { "index.default_pipeline": "absent" } },
        }),
      ({ elasticsearch: { cluster } }) => cluster.templates.delete("operator"),
    ],
  ])("%s costs no line once it is mended", async (_name, spoil, mend) => {
    spoil(world);
    await world.add(newLines(5));
    world.exporter().start();
    await eventually(async () => (await world.lines.count()).setAside === 5);
    expect(world.logged).toEqual([expect.objectContaining({ level: "warn" })]);
    mend(world);
    world.passMinutes(1);
    await eventually(tableIsEmpty);
    expect(world.exportedMessages().sort()).toEqual(messages(5));
    expect(world.counts.rejected).toBe(0);
  });

  test.each([
    ["the cluster is out of shards", 400, "validation_exception"],
    ["the index is closed", 400, "index_closed_exception"],
    ["the index is read-only", 403, "cluster_block_exception"],
    ["the index may not be made", 404, "index_not_found_exception"],
    ["a shard is gone", 503, "unavailable_shards_exception"],
  ])("the fault is the cluster's and not the line's: %s", async (reason, status, type) => {
    const [id] = await world.add(newLines(1));
    world.elasticsearch.failItem(id ?? "", { status, type, reason }, 2);
    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(1));
    expect(world.counts).toMatchObject({ rejected: 0, failedBatches: 2 });
  });

  test("lines that are put off again and again hold up no others", async () => {
    const blocked = await world.add(newLines(4, { message: "blocked" }));
    for (const id of blocked) {
      world.elasticsearch.failItem(id, { status: 403, type: "cluster_block_exception", reason: "read-only" }, Infinity);
    }
    await world.add(newLines(6));
    world.exporter({ batchSize: 2 }).start();
    await eventually(() => world.counts.exported === 6);
    expect(world.exportedMessages()).toEqual(messages(6));
    expect((await world.inTable()).map(({ id }) => id)).toEqual(blocked);

    world.elasticsearch.faults.clear();
    await eventually(tableIsEmpty);
  });
});

describe("requests are too large", () => {
  test("they are split until they fit", async () => {
    world.elasticsearch.maxContentBytes = 2_500;
    await world.add(newLines(16));
    world.exporter().start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(16));
    expect(Math.max(...world.elasticsearch.bulkSizes)).toBeLessThan(16);
    expect(world.counts.failedBatches).toBe(0);
  });

  test("a line that is too large by itself is set aside", async () => {
    world.elasticsearch.maxContentBytes = 2_500;
    await world.add([...newLines(3), newLine({ message: "x".repeat(3_000) }), newLine({ message: "#3" })]);
    world.exporter().start();
    await eventually(async () => world.counts.exported === 4 && (await world.lines.count()).setAside === 1);
    expect(world.exportedMessages()).toEqual(messages(4));
    expect(await world.inTable()).toMatchObject([
      { rejectedReason: expect.stringContaining("too large for the server: 413") },
    ]);
  });

  test("they are kept below a size of our own in the first place", async () => {
    await world.add(newLines(16));
    world.exporter({ sink: world.sink({ maxRequestBytes: 2_500 }) }).start();
    await eventually(tableIsEmpty);
    expect(world.elasticsearch.bulkSizes.length).toBeGreaterThan(2);
    expect(world.exportedMessages()).toEqual(messages(16));
  });

  test("an outage between two requests of a batch repeats only the lines that were not taken", async () => {
    world.elasticsearch.fail("bulk", { kind: "none" });
    world.elasticsearch.fail("bulk", { kind: "drop", when: "before" });
    await world.add(newLines(16));
    world.exporter({ sink: world.sink({ maxRequestBytes: 2_500 }) }).start();
    await eventually(tableIsEmpty);
    expect(world.exportedMessages()).toEqual(messages(16));
    expect(world.elasticsearch.documents().every(({ version }) => version === 1)).toBe(true);
    expect(world.counts).toMatchObject({ exported: 16, failedBatches: 1 });
  });
});
