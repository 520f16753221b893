import { eventually, ExportWorld } from "./export-world";
import { messages, newLine, newLines } from "./lines";

let world: ExportWorld;

beforeEach(async () => {
  world = await ExportWorld.open();
});
afterEach(() => world.close());

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

  test("a poison document is set aside and reported, and blocks nothing", async () => {
    const poison = newLine({ releaseName: "No Such Name", message: "poison" });
    await world.add([...newLines(3), poison, ...newLines(3)]);
    world.exporter({ batchSize: 2 }).start();
    await eventually(() => world.counts.exported === 6);
    expect(await world.inTable()).toEqual([
      {
        id: expect.any(String),
        message: "poison",
        rejectedReason: expect.stringContaining("400 invalid_index_name_exception"),
      },
    ]);
    expect(world.counts).toMatchObject({ rejected: 1, failedBatches: 0, lagSeconds: 0 });
    expect(world.logged).toEqual([expect.objectContaining({ level: "error", releaseName: "No Such Name" })]);
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
    await eventually(() => world.counts.exported === 4);
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
