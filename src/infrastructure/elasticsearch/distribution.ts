import { errors, type estypes } from "@elastic/elasticsearch";

type Template = estypes.IndicesPutIndexTemplateRequest & { readonly version: number };

/**
 * Whether the error is the response of OpenSearch, or of a build of Elasticsearch without its licensed modules, to a
 * mapping with `flattened`.
 */
export const lacksFlattened = (error: unknown): boolean =>
  error instanceof errors.ResponseError && JSON.stringify(error.body).includes("No handler for type [flattened]");

/** Returns the template for OpenSearch, where `flat_object` replaces `flattened` and takes no options. */
export function withFlatObjects(template: Template): Template {
  return JSON.parse(JSON.stringify(template), (_key, value: unknown) =>
    isFlattened(value) ? { type: "flat_object" } : value,
  ) as Template;
}

const isFlattened = (value: unknown): boolean => (value as { type?: unknown } | null)?.type === "flattened";

/**
 * Max characters of a text, at most 24,000 bytes: Lucene takes terms of up to 32,766 bytes, and OpenSearch refuses a
 * document with a longer one.
 */
const MAX_VALUE_LENGTH = 8_000;

/** Returns the value with long texts truncated, at any depth. */
export function withoutLongTexts<T>(value: T): T {
  if (typeof value === "string")
    return (
      value.length > MAX_VALUE_LENGTH ? value.slice(0, MAX_VALUE_LENGTH).replace(/[\ud800-\udbff]$/, "") : value
    ) as T;
  if (Array.isArray(value)) return value.map(withoutLongTexts) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutLongTexts(one)])) as T;
}
