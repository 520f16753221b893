/** As much of Elasticsearch's mappings as decides what a field takes and how it can be searched. */
export interface Mapping {
  type?: string;
  ignore_above?: number;
  properties?: Record<string, Mapping>;
  fields?: Record<string, Mapping>;
}

export type Source = Record<string, unknown>;

/** An error of Elasticsearch's, for one document or for a whole request. */
export class ElasticsearchError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly reason: string,
    readonly causedBy?: { readonly type: string; readonly reason: string },
  ) {
    super(reason);
  }
}

const MAX_TERM_BYTES = 32_766;

const isObject = (value: unknown): value is Source =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const looksLikeDate = (value: string): boolean => /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));

/** What Elasticsearch makes of a field that no template maps. */
function dynamicMapping(value: unknown): Mapping {
  if (isObject(value)) return { properties: {} };
  if (typeof value === "boolean") return { type: "boolean" };
  if (typeof value === "number") return { type: Number.isInteger(value) ? "long" : "float" };
  if (typeof value === "string" && looksLikeDate(value)) return { type: "date" };
  return { type: "text", fields: { keyword: { type: "keyword", ignore_above: 256 } } };
}

/** Checks the document and extends the mapping by its new fields; throws before anything is changed. */
export function mapDocument(mapping: Mapping, source: Source, maxFields = 1_000): void {
  const extended = structuredClone(mapping);
  mapObject(extended, source, "");
  const added = fieldsIn(extended) - fieldsIn(mapping);
  if (added > 0 && fieldsIn(extended) > maxFields) {
    const reason = `Limit of total fields [${maxFields}] has been exceeded while adding new fields [${added}]`;
    throw new ElasticsearchError(400, "document_parsing_exception", `[1:93] failed to parse: ${reason}`, {
      type: "illegal_argument_exception",
      reason,
    });
  }
  mapping.properties = extended.properties ?? {};
}

/** Objects, fields and multi-fields. */
function fieldsIn({ properties, fields }: Mapping): number {
  return [...Object.values(properties ?? {}), ...Object.values(fields ?? {})].reduce(
    (count, one) => count + 1 + fieldsIn(one),
    0,
  );
}

function mapObject(mapping: Mapping, source: Source, path: string): void {
  mapping.properties ??= {};
  for (const [key, value] of Object.entries(source)) {
    if (value === null) continue;
    const name = `${path}${key}`;
    const sample: unknown = Array.isArray(value) ? value[0] : value;
    const field = (mapping.properties[key] ??= dynamicMapping(sample));
    for (const one of Array.isArray(value) ? value : [value]) mapValue(field, one, name);
  }
}

function mapValue(field: Mapping, value: unknown, name: string): void {
  if (field.type === "flattened" || field.type === "flat_object") {
    if (!isObject(value)) throw malformed(name, field.type, value);
    if (field.type === "flat_object")
      for (const leaf of leavesOf(value)) checkTerm({ type: "keyword" }, leaf, `${name}._value`);
    return;
  }
  if (field.properties !== undefined) {
    if (!isObject(value)) {
      const reason = `object mapping for [${name}] tried to parse field [${name}] as object, but found a concrete value`;
      throw new ElasticsearchError(400, "document_parsing_exception", reason);
    }
    return mapObject(field, value, `${name}.`);
  }
  const type = field.type ?? "text";
  if (isObject(value)) throw malformed(name, type, value);
  if (type.startsWith("date") && !(typeof value === "number" || looksLikeDate(String(value)))) {
    throw malformed(name, type, value);
  }
  if (type === "long" && !Number.isFinite(Number(value))) throw malformed(name, type, value);
  for (const one of [field, ...Object.values(field.fields ?? {})]) checkTerm(one, String(value), name);
}

const leavesOf = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];

function checkTerm({ type, ignore_above }: Mapping, value: string, name: string): void {
  const tooLong = Buffer.byteLength(value) > MAX_TERM_BYTES && value.length <= (ignore_above ?? Infinity);
  if (type === "keyword" && tooLong) {
    const reason = `Document contains at least one immense term in field="${name}"`;
    throw new ElasticsearchError(400, "illegal_argument_exception", reason);
  }
}

function malformed(name: string, type: string, value: unknown): ElasticsearchError {
  const reason = `failed to parse field [${name}] of type [${type}]: '${JSON.stringify(value)}'`;
  return new ElasticsearchError(400, "document_parsing_exception", reason);
}

export interface Field {
  readonly mapping: Mapping;
  /** Where the value stands in the source: a multi-field's path is that of the field it belongs to. */
  readonly path: readonly string[];
}

/** The field that a query names: a property, a multi-field (`component.keyword`), or a key under `flattened`. */
export function findField(root: Mapping, name: string): Field | null {
  const path = name.split(".");
  let mapping = root;
  for (const [depth, key] of path.entries()) {
    const property = mapping.properties?.[key];
    const multiField = mapping.fields?.[key];
    if (property !== undefined) mapping = property;
    else if (mapping.type === "flattened" || mapping.type === "flat_object")
      return { mapping: { type: "keyword" }, path };
    else if (multiField !== undefined && depth === path.length - 1) {
      return { mapping: multiField, path: path.slice(0, -1) };
    } else return null;
  }
  return { mapping, path };
}

/** The values that are indexed for a field, hence without those over its `ignore_above`. */
export function indexedValues(source: Source, { mapping, path }: Field): string[] {
  let value: unknown = source;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return (Array.isArray(value) ? value : [value])
    .filter((one) => one !== undefined && one !== null)
    .map(String)
    .filter((one) => mapping.type !== "keyword" || one.length <= (mapping.ignore_above ?? Infinity));
}
