import { randomBytes, randomUUID } from "node:crypto";
import type { Client } from "@elastic/elasticsearch";
import type { LogLine, NewLogLine } from "../../src/features/logs";
import { createElasticsearchClient } from "../../src/infrastructure/elasticsearch/client";
import { ElasticsearchLogSearch } from "../../src/features/logs/elasticsearch/elasticsearch-log-search";
import { createLogSink } from "../../src/features/logs/elasticsearch/log-sink";
import type { ElasticsearchSink } from "../../src/infrastructure/line-export/elasticsearch-sink";
import { indexTemplate } from "../../src/features/logs/elasticsearch/index-template";
import { newId } from "../../src/kernel/ids";
import { systemClock } from "../../src/kernel/clock";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import { line } from "./lines";
import { describeLogSearch } from "./log-search-contract";

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

const { TEST_ELASTICSEARCH_URL, TEST_OPENSEARCH_URL } = process.env;
const realServers: [string, string | undefined][] = [
  ["a real Elasticsearch", TEST_ELASTICSEARCH_URL],
  ["a real OpenSearch", TEST_OPENSEARCH_URL],
];

const servers: [string, () => Promise<Server>][] = [
  ["the fake as version 9", () => new FakeElasticsearch({ majorVersion: 9 }).start()],
  ["the fake as version 8", () => new FakeElasticsearch({ majorVersion: 8 }).start()],
  ["the fake as OpenSearch", () => new FakeElasticsearch({ distribution: "opensearch" }).start()],
];
for (const [name, url] of realServers) if (url) servers.push([name, async () => ({ url, stop: async () => {} })]);

/** The adapters on indices of their own. */
class Logs {
  readonly prefix = `test-${randomBytes(6).toString("hex")}`;
  readonly client: Client;
  readonly sink: ElasticsearchSink<LogLine>;
  readonly search: ElasticsearchLogSearch;

  constructor(url: string) {
    this.client = createElasticsearchClient({ node: url });
    this.sink = createLogSink(this.prefix, { client: this.client, clock: systemClock });
    this.search = new ElasticsearchLogSearch({ client: this.client, indexPrefix: this.prefix });
  }

  async store(lines: readonly NewLogLine[]): Promise<void> {
    const { lines: outcomes } = await this.sink.index(lines.map((one) => ({ ...one, id: newId() })));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(lines.map(() => "indexed"));
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await this.client.indices.refresh({ index: `${this.prefix}.*` });
  }

  async stored(): Promise<{ index: string; id: string; version: number | undefined; source: unknown }[]> {
    await this.refresh();
    const { hits } = await this.client.search({ index: `${this.prefix}.*`, version: true, size: 1_000 });
    return hits.hits.map(({ _index, _id, _version, _source }) => ({
      index: _index,
      id: _id ?? "",
      version: _version,
      source: _source,
    }));
  }

  async outcomes(...lines: LogLine[]): Promise<string[]> {
    const result = await this.sink.index(lines);
    expect(result.outage).toBeNull();
    return result.lines.map((one) => (one.outcome === "indexed" ? "indexed" : `${one.outcome}: ${one.reason}`));
  }

  async close(): Promise<void> {
    const indices = Object.keys(await this.client.indices.get({ index: `${this.prefix}.*` }));
    if (indices.length > 0) await this.client.indices.delete({ index: indices }, { ignore: [400] });
    const name = indexTemplate(this.prefix).name;
    await this.client.indices.deleteIndexTemplate({ name }, { ignore: [404] });
    await this.client.close();
  }
}

describe.each(servers)("%s", (_name, start) => {
  let server: Server;
  let logs: Logs;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  describe("keeps lines", () => {
    beforeEach(async () => {
      logs = new Logs(server.url);
      await logs.sink.ensureTemplate();
    });
    afterEach(() => logs.close());

    test("under the line's id, in the index of its release and day", async () => {
      const one = line({ createdAt: "2024-11-11T23:59:59.999Z" });
      expect(await logs.outcomes(one)).toEqual(["indexed"]);
      expect(await logs.stored()).toMatchObject([
        {
          index: `${logs.prefix}.quasaric-sun-9051.2024.11.11`,
          id: one.id,
          version: 1,
          source: { "@timestamp": one.createdAt, component: "deploy-rollback", message: one.message },
        },
      ]);
    });

    test("once, however often they are sent", async () => {
      const lines = [line(), line(), line()];
      await logs.outcomes(...lines);
      await logs.outcomes(...lines);
      const stored = await logs.stored();
      expect(stored.map(({ id }) => id).sort()).toEqual(lines.map(({ id }) => id).sort());
      expect(stored.map(({ version }) => version)).toEqual([2, 2, 2]);
    });

    test("and refuses what it cannot take, without its neighbours", async () => {
      const outcomes = await logs.outcomes(
        line(),
        line({ createdAt: "not a time" }),
        line(),
        line({ releaseName: "No Such Name" }),
        line(),
      );
      expect(outcomes).toEqual([
        "indexed",
        expect.stringMatching(/^refused: 400 .*_exception/),
        "indexed",
        expect.stringMatching(/^refused: 400 invalid_index_name_exception/),
        "indexed",
      ]);
      expect(await logs.stored()).toHaveLength(3);
    });

    test("whose fields differ in type, or are longer than a term may be", async () => {
      const values = [1, "one", { of: ["a", "kind"] }, null, true, "x".repeat(40_000), "🚀".repeat(9_000)];
      const lines = values.map((value) => line({ fields: { value } }));
      expect(await logs.outcomes(...lines, line({ message: "word ".repeat(20_000) }))).toEqual(
        [...values, "message"].map(() => "indexed"),
      );
    });

    test("whose numbers are found by range", async () => {
      await logs.store([9, 10, 11, 100].map((revisionNumber) => line({ fields: { revisionNumber } })));
      const { hits } = await logs.client.search({
        index: `${logs.prefix}.*`,
        query: { range: { "retrograde.revisionNumber": { gte: 10, lte: 12 } } },
      });
      expect(
        hits.hits.map(({ _source }) => (_source as { retrograde: { fields: object } }).retrograde.fields).sort(),
      ).toEqual([{ revisionNumber: 10 }, { revisionNumber: 11 }]);
    });

    test("that are found by what they tell of", async () => {
      await logs.store(["rollback.accepted", "rollback.failed"].map((event) => line({ fields: { event } })));
      const { hits } = await logs.client.search({
        index: `${logs.prefix}.*`,
        query: { term: { "retrograde.fields.event": "rollback.failed" } },
      });
      expect(hits.hits).toHaveLength(1);
    });

    test("and a template that operators have adapted", async () => {
      const { name, version } = indexTemplate(logs.prefix);
      await logs.client.indices.putIndexTemplate({
        name,
        version,
        index_patterns: [`${logs.prefix}.*`],
        priority: 250,
      });
      await logs.sink.ensureTemplate();
      const { index_templates } = await logs.client.indices.getIndexTemplate({ name });
      expect(index_templates[0]?.index_template.priority).toBe(250);
    });

    test("and says when another template leaves no room for ours", async () => {
      const other = new Logs(server.url);
      const { index_patterns, priority } = indexTemplate(other.prefix);
      const name = `${other.prefix}-collector`;
      await other.client.indices.putIndexTemplate({ name, index_patterns, priority });
      await expect(other.sink.ensureTemplate()).rejects.toThrow(/illegal_argument_exception/);
      await other.client.indices.deleteIndexTemplate({ name });
      await other.close();
    });
  });

  describe("refuses lines because of its own state, until that is mended:", () => {
    const index = (): string => `${logs.prefix}.quasaric-sun-9051.2024.11.11`;
    const one = line({ createdAt: "2024-11-11T12:00:00.000Z" });
    beforeEach(() => {
      logs = new Logs(server.url);
    });
    afterEach(() => logs.close());

    async function isRefusedUntil(reason: RegExp, mend: () => Promise<unknown>): Promise<void> {
      expect(await logs.outcomes(one)).toEqual([expect.stringMatching(reason)]);
      await mend();
      expect(await logs.outcomes(one)).toEqual(["indexed"]);
    }

    test("the limit of fields", async () => {
      await logs.client.indices.create({ index: index(), settings: { "index.mapping.total_fields.limit": 3 } });
      await isRefusedUntil(/^refused: 400 \w+_exception: .*Limit of total fields \[3\] has been exceeded/, () =>
        logs.client.indices.putSettings({ index: index(), settings: { "index.mapping.total_fields.limit": 1_000 } }),
      );
    });

    test("a mapping that clashes", async () => {
      await logs.client.indices.create({
        index: index(),
        mappings: { properties: { component: { properties: { name: { type: "keyword" } } } } },
      });
      await isRefusedUntil(
        /^refused: 400 \w+_parsing_exception: .*object mapping for \[component\] tried to parse/,
        () => logs.client.indices.delete({ index: index() }),
      );
    });

    test("a data stream's template over the indices", async () => {
      const name = `${logs.prefix}-streams`;
      await logs.client.indices.putIndexTemplate({
        name,
        index_patterns: [`${logs.prefix}.*`],
        priority: 500,
        data_stream: {},
      });
      expect(await logs.outcomes(one)).toEqual([
        expect.stringMatching(/^refused: 400 illegal_argument_exception: only write ops with an op_type of create/),
      ]);
      // An Elasticsearch made from published packages cannot delete data streams, so this one stays there.
      const { statusCode } = await logs.client.indices.deleteDataStream(
        { name: index() },
        { ignore: [400], meta: true },
      );
      await logs.client.indices.deleteIndexTemplate({ name }, { ignore: [400] });
      if (statusCode === 200) expect(await logs.outcomes(one)).toEqual(["indexed"]);
    });

    test("a pipeline that is missing", async () => {
      await logs.client.indices.create({ index: index(), settings: { "index.default_pipeline": "absent" } });
      await isRefusedUntil(/^refused: 400 illegal_argument_exception: pipeline with id \[absent\] does not exist/, () =>
        logs.client.indices.putSettings({ index: index(), settings: { "index.default_pipeline": "_none" } }),
      );
    });
  });

  describe.each([
    ["with our template", true],
    ["without any template", false],
  ])("answers searches %s:", (_case, withTemplate) => {
    beforeAll(async () => {
      logs = new Logs(server.url);
      if (withTemplate) await logs.sink.ensureTemplate();
    });
    afterAll(() => logs.close());

    describeLogSearch(() => logs);

    test("the collectors' lines are shown too", async () => {
      const [release, workspaceId] = [`collected-${randomUUID()}`, randomUUID()];
      const document = { release, component: "scheduler", message: "Starting the scheduler", offset: 7 };
      await logs.client.bulk({
        refresh: true,
        operations: [
          { index: { _index: `${logs.prefix}.${release}.2024.11.11`, _id: "a" } },
          { ...document, "@timestamp": "2024-11-11T12:00:00.123456789+02:00" },
          { index: { _index: `${logs.prefix}.${release}.2024.11.11`, _id: "b" } },
          { ...document, "@timestamp": "2024-11-11T11:00:00Z", message: undefined, workspace: workspaceId },
          { index: { _index: `${logs.prefix}.${release}.2024.11.11`, _id: "c" } },
          { ...document, "@timestamp": "2024-11-11T09:59:59.999Z", message: "of an earlier Deployment" },
          { index: { _index: `${logs.prefix}.${release}.2024.11.11`, _id: "d" } },
          { ...document, "@timestamp": "2024-11-11T12:00:00Z", message: "elsewhere", workspace: randomUUID() },
        ],
      });
      const query = {
        releaseName: release,
        deploymentId: randomUUID(),
        workspaceId,
        deploymentCreatedAt: "2024-11-11T10:00:00.000Z",
        limit: 10,
      };
      expect(await logs.search.search({ ...query, component: "scheduler" })).toEqual([
        { id: "a", timestamp: "2024-11-11T10:00:00.123Z", message: "Starting the scheduler" },
        { id: "b", timestamp: "2024-11-11T11:00:00.000Z", message: "" },
      ]);
      expect(await logs.search.search({ ...query, component: "worker" })).toEqual([]);
    });
  });
});
