import { executeSync, type ExecutionResult } from "graphql";
import { LRUCache } from "lru-cache";
import type { CheckedQuery } from "./compiled-queries";

/** Clients send a handful of different queries; each result is about a megabyte. */
const MAX_ANSWERS = 8;

type Data = NonNullable<ExecutionResult["data"]>;

/** Caches the result of each standard introspection query, because the schema does not change. */
export class IntrospectionAnswers {
  private readonly answers = new LRUCache<string, Data>({ max: MAX_ANSWERS });

  /** Returns null if the result has not been computed yet. */
  known(form: string): Data | null {
    return this.answers.get(form) ?? null;
  }

  make(form: string, { schema, document, operation }: CheckedQuery): void {
    const { data } = executeSync({ schema, document, operationName: operation.name?.value });
    if (data != null) this.answers.set(form, data);
  }
}
