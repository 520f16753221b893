import {
  getIntrospectionQuery,
  Kind,
  OperationTypeNode,
  parse,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** Max depth of lists within lists: clients go deeper than the specification's own query does. */
const TYPE_DEPTH = 20;
/** Max fields: more than the longest standard query has when its fragments are written out. */
const MAX_FIELDS = 2_000;

/** Fields by name, without aliases and fragments. */
type Fields = Map<string, { readonly deprecated: string; readonly inside: Fields }>;

const readings = new WeakMap<OperationDefinitionNode, Reading>();

interface Reading {
  readonly asked: boolean;
  /** The fields as one text if they are all part of the standard query; null otherwise. */
  readonly standard: string | null;
}

/** Whether the operation selects `__schema` or `__type`. */
export const asksForIntrospection = (document: DocumentNode, operation: OperationDefinitionNode): boolean =>
  read(document, operation).asked;

/** Whether the operation is the standard introspection query, or a part of it. */
export const isStandardIntrospection = (document: DocumentNode, operation: OperationDefinitionNode): boolean =>
  read(document, operation).standard !== null;

/**
 * Returns one text for all ways to write the same standard query; null for every other operation.
 *
 * A query is standard if each of its fields is at the same place in graphql-js's `getIntrospectionQuery` with all of
 * its options on, without aliases and directives. Such a query cannot ask for more than that one, however it is
 * written.
 */
export const standardForm = (document: DocumentNode, operation: OperationDefinitionNode): string | null =>
  read(document, operation).standard;

function read(document: DocumentNode, operation: OperationDefinitionNode): Reading {
  let reading = readings.get(operation);
  if (reading === undefined) {
    const names = rootFields(document, operation.selectionSet);
    const asked = names.has("__schema") || names.has("__type");
    const fields = asked && operation.operation === OperationTypeNode.QUERY ? fieldsOf(document, operation) : null;
    reading = { asked, standard: fields !== null && isPartOf(fields, fullQuery()) ? print(fields) : null };
    readings.set(operation, reading);
  }
  return reading;
}

function rootFields(document: DocumentNode, selectionSet: SelectionSetNode, seen = new Set<string>()): Set<string> {
  const names = new Set<string>();
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      names.add(selection.name.value);
      continue;
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value, seen);
    if (inner !== null) for (const name of rootFields(document, inner.selectionSet, seen)) names.add(name);
  }
  return names;
}

/** Returns each fragment once only. */
function fragmentOf(document: DocumentNode, name: string, seen: Set<string>) {
  if (seen.has(name)) return null;
  seen.add(name);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) return definition;
  }
  return null;
}

/** Returns null if the operation has something that no standard query has, or has too many fields. */
function fieldsOf(document: DocumentNode, operation: OperationDefinitionNode): Fields | null {
  let left = MAX_FIELDS;

  function collect(selectionSet: SelectionSetNode, into: Fields, path: readonly string[]): boolean {
    return selectionSet.selections.every((selection) => {
      if (left-- <= 0 || (selection.directives?.length ?? 0) > 0) return false;
      if (selection.kind === Kind.FIELD) return collectField(selection, into, path);
      if (selection.kind === Kind.INLINE_FRAGMENT) return collect(selection.selectionSet, into, path);
      const name = selection.name.value;
      const fragment = fragmentOf(document, name, new Set(path));
      return fragment !== null && collect(fragment.selectionSet, into, [...path, name]);
    });
  }

  function collectField(node: FieldNode, into: Fields, path: readonly string[]): boolean {
    const name = node.name.value;
    const deprecated = argumentsOf(node);
    if (deprecated === null || (node.alias !== undefined && node.alias.value !== name)) return false;
    const field = into.get(name) ?? { deprecated, inside: new Map() };
    if (field.deprecated !== deprecated) return false;
    into.set(name, field);
    return node.selectionSet === undefined || collect(node.selectionSet, field.inside, path);
  }

  const fields: Fields = new Map();
  return collect(operation.selectionSet, fields, []) ? fields : null;
}

/** The arguments as text; null for any other argument than a constant `includeDeprecated`. */
function argumentsOf({ arguments: given = [] }: FieldNode): string | null {
  const [argument, ...others] = given;
  if (argument === undefined) return "";
  if (others.length > 0 || argument.name.value !== "includeDeprecated" || argument.value.kind !== Kind.BOOLEAN)
    return null;
  return `(includeDeprecated:${argument.value.value})`;
}

const isPartOf = (fields: Fields, whole: Fields): boolean =>
  [...fields].every(([name, { inside }]) => {
    if (name === "__typename") return inside.size === 0;
    const counterpart = whole.get(name);
    return counterpart !== undefined && isPartOf(inside, counterpart.inside);
  });

const print = (fields: Fields): string =>
  [...fields]
    .map(([name, { deprecated, inside }]) => `${name}${deprecated}${inside.size === 0 ? "" : `{${print(inside)}}`}`)
    .join(" ");

let full: Fields | undefined;

function fullQuery(): Fields {
  if (full === undefined) {
    const document = parse(
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        experimentalDirectiveDeprecation: true,
        oneOf: true,
        typeDepth: TYPE_DEPTH,
      }),
    );
    full =
      fieldsOf(
        document,
        document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode,
      ) ?? new Map();
  }
  return full;
}
