import { ElasticsearchError, findField, indexedValues, type Field, type Mapping, type Source } from "./mapping";

export interface Candidate {
  readonly mapping: Mapping;
  readonly source: Source;
}

type Clause = Record<string, unknown>;

/** Whether a document matches a query of the kinds that this project sends; any other kind is an error. */
export function matches(candidate: Candidate, query: Clause): boolean {
  const [kind, ...more] = Object.keys(query);
  if (kind === undefined || more.length > 0) throw parsingError("a query needs exactly one kind");
  const body = query[kind] as Clause;
  if (kind === "match_all") return true;
  if (kind === "bool") return matchesBool(candidate, body);
  if (kind === "exists") return valuesOf(candidate, String(body["field"])).length > 0;

  const [name, argument] = Object.entries(body)[0] ?? ["", undefined];
  const field = findField(candidate.mapping, name);
  const values = field === null ? [] : indexedValues(candidate.source, field);
  switch (kind) {
    case "term":
      return values.some((value) => termsOf(field, value).includes(textOf(argument, "value")));
    case "terms":
      return values.some((value) => (argument as unknown[]).some((one) => termsOf(field, value).includes(String(one))));
    case "range":
      return values.some((value) => inRange(Date.parse(value), argument as Clause));
    case "match_phrase":
      return values.some((value) => hasPhrase(analyse(value), analyse(textOf(argument, "query")), false));
    case "match_phrase_prefix":
      return values.some((value) => hasPhrase(analyse(value), analyse(textOf(argument, "query")), true));
    default:
      throw parsingError(`unknown query [${kind}]`);
  }
}

function matchesBool(candidate: Candidate, bool: Clause): boolean {
  const listOf = (key: string): Clause[] => [bool[key] ?? []].flat() as Clause[];
  const required = [...listOf("filter"), ...listOf("must")];
  const should = listOf("should");
  const least = Number(bool["minimum_should_match"] ?? (required.length === 0 && should.length > 0 ? 1 : 0));
  return (
    required.every((clause) => matches(candidate, clause)) &&
    !listOf("must_not").some((clause) => matches(candidate, clause)) &&
    should.filter((clause) => matches(candidate, clause)).length >= least
  );
}

function valuesOf({ mapping, source }: Candidate, name: string): string[] {
  const field = findField(mapping, name);
  return field === null ? [] : indexedValues(source, field);
}

/** Text is found by its words, everything else as it stands. */
function termsOf(field: Field | null, value: string): string[] {
  return field?.mapping.type === "text" ? analyse(value) : [value];
}

/** Near enough to the standard analyser: lower-case runs of letters, digits and underscores. */
function analyse(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+(?:[.'][\p{L}\p{N}_]+)*/gu) ?? [];
}

function hasPhrase(words: readonly string[], phrase: readonly string[], lastIsPrefix: boolean): boolean {
  if (phrase.length === 0) return false;
  return words.some((_, start) =>
    phrase.every((wanted, offset) => {
      const word = words[start + offset];
      const prefix = lastIsPrefix && offset === phrase.length - 1;
      return prefix ? (word?.startsWith(wanted) ?? false) : word === wanted;
    }),
  );
}

function inRange(value: number, bounds: Clause): boolean {
  const limit = (key: string): number | null => (key in bounds ? Date.parse(String(bounds[key])) : null);
  const [gte, gt, lte, lt] = [limit("gte"), limit("gt"), limit("lte"), limit("lt")];
  return (
    (gte === null || value >= gte) &&
    (gt === null || value > gt) &&
    (lte === null || value <= lte) &&
    (lt === null || value < lt)
  );
}

function textOf(argument: unknown, key: string): string {
  const isShort = typeof argument !== "object" || argument === null;
  return String(isShort ? argument : (argument as Clause)[key]);
}

export interface SortKey {
  readonly field: string;
  readonly order: "asc" | "desc";
  readonly unmappedType?: string;
}

/** Reads `sort` in the form `[{ field: { order, unmapped_type } }]`. */
export function parseSort(sort: unknown): SortKey[] {
  return ([sort ?? []].flat() as Record<string, { order?: string; unmapped_type?: string }>[]).flatMap((one) =>
    Object.entries(one).map(([field, { order, unmapped_type }]) => ({
      field,
      order: order === "desc" ? "desc" : "asc",
      ...(unmapped_type === undefined ? {} : { unmappedType: unmapped_type }),
    })),
  );
}

/** Documents without a value come last in either order. */
export function compare(a: Candidate, b: Candidate, keys: readonly SortKey[]): number {
  for (const key of keys) {
    const [left, right] = [sortValue(a, key), sortValue(b, key)];
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return (left < right ? -1 : 1) * (key.order === "desc" ? -1 : 1);
  }
  return 0;
}

function sortValue({ mapping, source }: Candidate, { field: name, unmappedType }: SortKey): string | number | null {
  const field = findField(mapping, name);
  if (field === null) {
    if (unmappedType !== undefined) return null;
    throw new ElasticsearchError(400, "query_shard_exception", `No mapping found for [${name}] in order to sort on`);
  }
  if (field.mapping.type === "text") {
    throw new ElasticsearchError(400, "illegal_argument_exception", `Fielddata is disabled on [${name}]`);
  }
  const value = indexedValues(source, field)[0];
  if (value === undefined) return null;
  return field.mapping.type?.startsWith("date") === true ? Date.parse(value) : value;
}

function parsingError(reason: string): ElasticsearchError {
  return new ElasticsearchError(400, "parsing_exception", reason);
}
