import { ElasticsearchError, mapDocument, type Mapping, type Source } from "./mapping";
import { compare, matches, parseSort, type Candidate } from "./query";

export interface StoredDocument {
  readonly index: string;
  readonly id: string;
  readonly version: number;
  readonly source: Source;
}

/** By their full names. */
export type Settings = Record<string, unknown>;

interface Index {
  readonly mapping: Mapping;
  readonly settings: Settings;
  readonly documents: Map<string, StoredDocument>;
  /** As of the last refresh: what a search sees. */
  searchable: StoredDocument[];
}

export interface Template {
  readonly index_patterns: string[];
  readonly priority?: number;
  readonly version?: number;
  readonly template?: { readonly mappings?: Mapping; readonly settings?: Settings };
  readonly data_stream?: object;
}

/** The data of the fake: indices, templates, documents, as Elasticsearch 8 and 9 keep them. */
export class Cluster {
  readonly templates = new Map<string, Template>();
  /** Names that a data stream's template has taken: such a stream is made even by the document that it refuses. */
  readonly dataStreams = new Set<string>();
  private readonly indices = new Map<string, Index>();

  putTemplate(name: string, template: Template): void {
    for (const [other, { index_patterns, priority }] of this.templates) {
      const overlap = template.index_patterns.find((pattern) => index_patterns.includes(pattern));
      if (other !== name && overlap !== undefined && (priority ?? 0) === (template.priority ?? 0)) {
        const reason = `[${name}] has index patterns [${overlap}] matching those of [${other}] with the same priority`;
        throw new ElasticsearchError(400, "illegal_argument_exception", reason);
      }
    }
    this.templates.set(name, template);
  }

  index(name: string, id: string, source: Source): StoredDocument {
    if (this.dataStreams.has(name)) throw noWriteToStream();
    const index = this.indices.get(name) ?? this.newIndex(name);
    const pipeline = (index.settings["index.default_pipeline"] as string | undefined) ?? "_none";
    if (pipeline !== "_none")
      throw new ElasticsearchError(400, "illegal_argument_exception", `pipeline with id [${pipeline}] does not exist`);
    mapDocument(index.mapping, source, Number(index.settings["index.mapping.total_fields.limit"] ?? 1_000));
    this.indices.set(name, index);
    const stored = { index: name, id, version: (index.documents.get(id)?.version ?? 0) + 1, source };
    index.documents.set(id, stored);
    return stored;
  }

  refresh(pattern: string): void {
    for (const name of this.resolve(pattern)) {
      const index = this.indices.get(name);
      if (index !== undefined) index.searchable = [...index.documents.values()];
    }
  }

  search(pattern: string, body: Source, lenient: boolean): StoredDocument[] {
    const names = this.resolve(pattern);
    if (names.length === 0 && !lenient) {
      throw new ElasticsearchError(404, "index_not_found_exception", `no such index [${pattern}]`);
    }
    const sort = parseSort(body["sort"]);
    const found: (Candidate & { document: StoredDocument })[] = [];
    for (const name of names) {
      const { mapping, searchable } = this.indices.get(name) as Index;
      for (const document of searchable) {
        const candidate = { mapping, source: document.source, document };
        if (matches(candidate, (body["query"] as Source | undefined) ?? { match_all: {} })) found.push(candidate);
      }
    }
    found.sort((a, b) => compare(a, b, sort));
    return found.slice(0, Number(body["size"] ?? 10)).map(({ document }) => document);
  }

  /** The names that a comma-separated list with wildcards stands for. */
  resolve(pattern: string): string[] {
    const wanted = pattern.split(",").map(toRegExp);
    return [...this.indices.keys()].filter((name) => wanted.some((one) => one.test(name))).sort();
  }

  createIndex(
    name: string,
    { mappings, settings }: { readonly mappings?: Mapping; readonly settings?: Settings },
  ): void {
    const index = this.newIndex(name);
    this.indices.set(name, {
      ...index,
      mapping: { ...index.mapping, ...mappings },
      settings: { ...index.settings, ...settings },
    });
  }

  putSettings(name: string, settings: Settings): void {
    Object.assign(this.indices.get(name)?.settings ?? {}, settings);
  }

  deleteIndex(name: string): void {
    this.indices.delete(name);
  }

  /** Every document, searchable yet or not. */
  documents(): StoredDocument[] {
    return [...this.indices.values()].flatMap(({ documents }) => [...documents.values()]);
  }

  private newIndex(name: string): Index {
    if (!/^[a-z0-9.][^A-Z\\/*?"<>| ,#:]*$/.test(name)) {
      throw new ElasticsearchError(400, "invalid_index_name_exception", `Invalid index name [${name}]`);
    }
    const [template] = [...this.templates.values()]
      .filter(({ index_patterns }) => index_patterns.some((pattern) => toRegExp(pattern).test(name)))
      .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
    if (template?.data_stream !== undefined) {
      this.dataStreams.add(name);
      throw noWriteToStream();
    }
    const { mappings = {}, settings = {} } = template?.template ?? {};
    return { mapping: structuredClone(mappings), settings: { ...settings }, documents: new Map(), searchable: [] };
  }
}

const noWriteToStream = (): ElasticsearchError =>
  new ElasticsearchError(
    400,
    "illegal_argument_exception",
    "only write ops with an op_type of create are allowed in data streams",
  );

function toRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
}
