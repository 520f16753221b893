import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Cluster, type Settings, type StoredDocument, type Template } from "./elasticsearch/cluster";
import { Faults, type Fault, type ItemError, type Operation } from "./elasticsearch/faults";
import { ElasticsearchError, type Mapping, type Source } from "./elasticsearch/mapping";

export interface FakeElasticsearchOptions {
  /** Which server to be: each refuses media types that name a newer version than its own. */
  readonly majorVersion?: number;
  /** OpenSearch names no product, and lacks `flattened`. */
  readonly distribution?: "elasticsearch" | "opensearch";
  /** `http.max_content_length`. */
  readonly maxContentBytes?: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Elasticsearch over HTTP, as far as this project speaks to it, with faults on demand. What it answers is held to
 * a real server by test/logs/elasticsearch-contract.long.test.ts.
 */
export class FakeElasticsearch {
  readonly cluster = new Cluster();
  readonly faults = new Faults();
  /** One entry per bulk request that got as far as being read: how many documents it held. */
  readonly bulkSizes: number[] = [];
  readonly requests: string[] = [];
  maxContentBytes: number;
  private readonly majorVersion: number;
  private readonly distribution: "elasticsearch" | "opensearch";
  private server: Server | null = null;
  private port = 0;

  constructor({
    majorVersion = 9,
    distribution = "elasticsearch",
    maxContentBytes = 100 * 1024 * 1024,
  }: FakeElasticsearchOptions = {}) {
    this.majorVersion = majorVersion;
    this.distribution = distribution;
    this.maxContentBytes = maxContentBytes;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Comes back on the same port after `stop`, with its data. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  fail(operation: Operation, fault: Fault, times = 1): void {
    this.faults.plan(operation, fault, times);
  }

  failItem(id: string, error: ItemError, times = 1): void {
    this.faults.planItem(id, error, times);
  }

  documents(): StoredDocument[] {
    return this.cluster.documents();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    this.requests.push(`${request.method} ${url.pathname}`);
    const body = await readAll(request);
    if (this.distribution === "elasticsearch") response.setHeader("x-elastic-product", "Elasticsearch");

    const fault = this.faults.next(operationOf(url.pathname));
    if (fault?.kind === "stall") return;
    if (fault?.kind === "drop" && fault.when === "before") return void request.socket.destroy();
    if (fault?.kind === "status") {
      const { status, retryAfterSeconds } = fault;
      if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
      const error = new ElasticsearchError(status, "es_rejected_execution_exception", "rejected execution");
      return send(response, refusal(error));
    }

    const answer = this.answerTo(request, url, body);
    if (fault?.kind === "drop") return void request.socket.destroy();
    send(response, answer);
  }

  private answerTo(request: IncomingMessage, url: URL, body: string): Answer {
    try {
      if (Buffer.byteLength(body) > this.maxContentBytes) return { status: 413, body: "" };
      this.checkMediaTypes(request);
      return this.route(request.method ?? "GET", url, body);
    } catch (error) {
      if (error instanceof ElasticsearchError) return refusal(error);
      throw error;
    }
  }

  private checkMediaTypes({ headers }: IncomingMessage): void {
    for (const header of [headers.accept, headers["content-type"]]) {
      const version = /compatible-with=(\d+)/.exec(header ?? "")?.[1];
      if (version !== undefined && Number(version) > this.majorVersion) {
        const reason = `Invalid media-type value on headers [${header}]`;
        throw new ElasticsearchError(400, "media_type_header_exception", reason);
      }
    }
  }

  private route(method: string, url: URL, body: string): Answer {
    const [first = "", second = ""] = url.pathname.slice(1).split("/").map(decodeURIComponent);
    const call = `${method} ${["_index_template", "_bulk", "_data_stream"].includes(first) ? first : second}`;
    switch (call) {
      case "POST _bulk":
      case "PUT _bulk":
        return this.bulk(body, url.searchParams.get("refresh") === "true");
      case "PUT _index_template":
        if (this.distribution === "opensearch" && /"type":\s*"flattened"/.test(body)) throw noFlattened(second);
        this.cluster.putTemplate(second, JSON.parse(body) as Template);
        return acknowledged;
      case "GET _index_template":
        return this.getTemplate(second);
      case "DELETE _index_template":
        return this.cluster.templates.delete(second) ? acknowledged : noTemplate(second);
      case "DELETE _data_stream":
        this.cluster.dataStreams.delete(second);
        return acknowledged;
      case "POST _search":
      case "GET _search":
        return this.search(first, url, body);
      case "PUT ":
        this.cluster.createIndex(first, JSON.parse(body) as { mappings?: Mapping; settings?: Settings });
        return acknowledged;
      case "PUT _settings":
        this.cluster.putSettings(first, JSON.parse(body) as Settings);
        return acknowledged;
      case "GET _refresh":
      case "POST _refresh":
        this.cluster.refresh(first);
        return { status: 200, body: { _shards: {} } };
      case "GET ":
        return first === "" ? this.info() : this.getIndices(first);
      case "DELETE ":
        for (const name of first.split(",")) this.cluster.deleteIndex(name);
        return acknowledged;
      default:
        throw new ElasticsearchError(405, "method_not_allowed", `${call} is not part of this fake`);
    }
  }

  private info(): Answer {
    const version = { number: `${this.majorVersion}.0.0`, build_flavor: "default" };
    return { status: 200, body: { name: "fake", cluster_name: "fake", version, tagline: "You Know, for Search" } };
  }

  private getIndices(pattern: string): Answer {
    return { status: 200, body: Object.fromEntries(this.cluster.resolve(pattern).map((name) => [name, {}])) };
  }

  private getTemplate(name: string): Answer {
    const template = this.cluster.templates.get(name);
    if (template === undefined) return noTemplate(name);
    return { status: 200, body: { index_templates: [{ name, index_template: template }] } };
  }

  private bulk(body: string, refresh: boolean): Answer {
    if (!body.endsWith("\n")) {
      const reason = "The bulk request must be terminated by a newline [\\n]";
      throw new ElasticsearchError(400, "illegal_argument_exception", reason);
    }
    const lines = body.slice(0, -1).split("\n");
    this.bulkSizes.push(lines.length / 2);
    const items: unknown[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      items.push({ index: this.bulkItem(lines[at] ?? "", lines[at + 1] ?? "") });
    }
    if (refresh) this.cluster.refresh("*");
    const errors = items.some((item) => "error" in (item as { index: object }).index);
    return { status: 200, body: { took: 1, errors, items } };
  }

  private bulkItem(action: string, document: string): Source {
    const { index } = JSON.parse(action) as { index?: { _index: string; _id: string } };
    if (index === undefined) {
      throw new ElasticsearchError(400, "illegal_argument_exception", "only [index] is known here");
    }
    const { _index, _id } = index;
    try {
      const planned = this.faults.nextForItem(_id);
      if (planned !== null) throw new ElasticsearchError(planned.status, planned.type, planned.reason);
      const { version } = this.cluster.index(_index, _id, JSON.parse(document) as Source);
      const [result, status] = version === 1 ? ["created", 201] : ["updated", 200];
      return { _index, _id, _version: version, result, status };
    } catch (error) {
      if (!(error instanceof ElasticsearchError)) throw error;
      return {
        _index,
        _id,
        status: error.status,
        error: { type: error.type, reason: error.reason, caused_by: error.causedBy },
      };
    }
  }

  private search(pattern: string, url: URL, text: string): Answer {
    const body = (text === "" ? {} : JSON.parse(text)) as Source;
    const size = url.searchParams.get("size");
    const lenient = pattern.includes("*") || url.searchParams.get("ignore_unavailable") === "true";
    const found = this.cluster.search(pattern, size === null ? body : { ...body, size }, lenient);
    const hits = found.map(({ index, id, version, source }) => ({
      _index: index,
      _id: id,
      ...(body["version"] === true ? { _version: version } : {}),
      _source: source,
    }));
    return { status: 200, body: { took: 1, timed_out: false, hits: { hits } } };
  }
}

const acknowledged: Answer = { status: 200, body: { acknowledged: true } };

function noFlattened(name: string): ElasticsearchError {
  const causedBy = {
    type: "mapper_parsing_exception",
    reason: "Failed to parse mapping [_doc]: No handler for type [flattened] declared on field [fields]",
  };
  return new ElasticsearchError(
    400,
    "illegal_argument_exception",
    `composable template [${name}] template after composition is invalid`,
    causedBy,
  );
}

function noTemplate(name: string): Answer {
  const reason = `index template matching [${name}] not found`;
  return refusal(new ElasticsearchError(404, "resource_not_found_exception", reason));
}

function refusal({ status, type, reason, causedBy }: ElasticsearchError): Answer {
  return { status, body: { error: { type, reason, root_cause: [{ type, reason }], caused_by: causedBy }, status } };
}

function operationOf(path: string): Operation {
  if (path.includes("_bulk")) return "bulk";
  return path.includes("_index_template") ? "template" : "search";
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.setHeader("content-type", "application/json");
  response.writeHead(status).end(JSON.stringify(body));
}
