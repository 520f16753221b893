import { ElasticsearchError, mapDocument, type Mapping, type Source } from "./mapping";
import { compare, matches, parseSort, type Candidate } from "./query";

export interface StoredDocument {
  readonly index: string;
  readonly id: string;
  readonly version: number;
  readonly source: Source;
}

interface Index {
  readonly mapping: Mapping;
  readonly documents: Map<string, StoredDocument>;
  /** As of the last refresh: what a search sees. */
  searchable: StoredDocument[];
}

export interface Template {
  readonly index_patterns: string[];
  readonly priority?: number;
  readonly version?: number;
  readonly template?: { readonly mappings?: Mapping };
}

/** The data of the fake: indices, templates, documents, as Elasticsearch 8 and 9 keep them. */
export class Cluster {
  readonly templates = new Map<string, Template>();
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
    const index = this.indices.get(name) ?? this.newIndex(name);
    mapDocument(index.mapping, source);
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
    return { mapping: structuredClone(template?.template?.mappings ?? {}), documents: new Map(), searchable: [] };
  }
}

function toRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
}
