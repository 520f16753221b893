import { parse, type DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import { validationRefusal } from "./validation-work";
import type { LimitExceeded } from "./limits";

/** Callers without a session have a cache of their own, so that they cannot evict the documents of all others. */
export type CacheKind = "SESSION" | "NO_SESSION";

const MAX_DOCUMENTS: Readonly<Record<CacheKind, number>> = { SESSION: 500, NO_SESSION: 100 };
const MAX_CHARACTERS: Readonly<Record<CacheKind, number>> = { SESSION: 500_000, NO_SESSION: 50_000 };

/** Parsed, valid documents. Apollo stores them here, under keys of its own. */
export class KnownDocuments {
  /** The texts of the documents in the caches. */
  private readonly texts = new Set<string>();
  /** The cache of each document that is being validated, by the document's text. */
  private readonly kinds = new LRUCache<string, CacheKind>({
    max: 1_000,
    maxSize: 4_000_000,
    sizeCalculation: (_, text) => text.length + 1,
  });
  private readonly caches = { SESSION: this.cache("SESSION"), NO_SESSION: this.cache("NO_SESSION") };

  constructor(private readonly maxTokens: number) {}

  /** Whether the document is already parsed and validated. */
  has(text: string): boolean {
    return this.texts.has(text);
  }

  /** Returns null if the document may be validated. Apollo itself refuses documents that cannot be parsed. */
  check(text: string, kind: CacheKind): LimitExceeded | null {
    const document = parsed(text, this.maxTokens);
    if (document === null) return null;
    this.kinds.set(text, kind);
    return validationRefusal(document);
  }

  store() {
    return {
      get: async (key: string) => this.caches.SESSION.get(key) ?? this.caches.NO_SESSION.get(key),
      set: async (key: string, document: DocumentNode) => {
        const text = document.loc?.source.body ?? "";
        this.caches[this.kinds.get(text) ?? "SESSION"].set(key, document);
        this.texts.add(text);
      },
      delete: async (key: string) => this.caches.SESSION.delete(key) || this.caches.NO_SESSION.delete(key),
    };
  }

  private cache(kind: CacheKind): LRUCache<string, DocumentNode> {
    return new LRUCache<string, DocumentNode>({
      max: MAX_DOCUMENTS[kind],
      maxSize: MAX_CHARACTERS[kind],
      sizeCalculation: (document) => document.loc?.end || 1,
      dispose: (document) => this.texts.delete(document.loc?.source.body ?? ""),
    });
  }
}

/** Returns null if the text cannot be parsed. */
export function parsed(text: string, maxTokens: number): DocumentNode | null {
  try {
    return parse(text, { maxTokens });
  } catch {
    return null;
  }
}
