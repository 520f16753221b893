import {
  getNamedType,
  GraphQLList,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";

/** Arguments that set the number of items of a field, or of the list inside it. */
export const PAGE_ARGUMENTS: readonly string[] = ["first", "last", "take"];

/** A list of values costs one per hundred values: they are read and written, and nothing is resolved. */
const VALUES_PER_POINT = 100;

/** The costs declared in a field's extensions. */
export interface DeclaredCosts {
  /** The list's usual max length, or `PAGE` if an argument of the parent field sets the length. */
  readonly maxItems?: number | "PAGE";
  /** The field's own cost, if more than one. */
  readonly cost?: number;
  /** The extra cost of each argument that a document passes. */
  readonly argumentCosts?: Readonly<Record<string, number>>;
}

const declared = (field: GraphQLField<unknown, unknown>): DeclaredCosts => field.extensions as DeclaredCosts;

/** The field's cost beyond the one that every field costs. */
export function extraCostOf(field: GraphQLField<unknown, unknown>, givenArguments: readonly string[]): number {
  const { cost = 1, argumentCosts = {} } = declared(field);
  return givenArguments.reduce((total, name) => total + (argumentCosts[name] ?? 0), cost - 1);
}

/**
 * The number of items of the field's list as far as the schema knows it; null if the field is no list, or if the parent
 * field counts its items.
 */
export function itemsOf(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  field: GraphQLField<unknown, unknown>,
): number | null {
  const { maxItems } = declared(field);
  if (typeof maxItems === "number") return maxItems;
  if (maxItems === "PAGE" || !isList(field.type)) return null;
  return sizesOfIntrospection(schema)[`${parent.name}.${field.name}`] ?? null;
}

/** The cost of a list's values, on top of the cost of the field. */
export const costOfValues = (field: GraphQLField<unknown, unknown>, items: number): number =>
  isLeafType(getNamedType(field.type)) ? Math.ceil(items / VALUES_PER_POINT) : 0;

/** Whether an argument of the parent field sets the list's length. */
export const isItemsOfPage = (field: GraphQLField<unknown, unknown>): boolean => declared(field).maxItems === "PAGE";

/** Lists whose size neither an argument nor a declaration gives: the cost of a query would count their items once. */
export function listsWithoutSize(schema: GraphQLSchema): string[] {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : [],
  );
  const hasPageArgument = (field: GraphQLField<unknown, unknown>): boolean =>
    field.args.some(({ name }) => PAGE_ARGUMENTS.includes(name));
  const pages = new Set(
    fields
      .filter(({ field }) => !isList(field.type) && hasPageArgument(field))
      .map(({ field }) => getNamedType(field.type).name),
  );
  return fields
    .filter(
      ({ type, field }) =>
        isList(field.type) && (isItemsOfPage(field) ? !pages.has(type.name) : itemsOf(schema, type, field) === null),
    )
    .map(({ type, field }) => `${type.name}.${field.name}`);
}

export const isList = (type: GraphQLOutputType): boolean =>
  (isNonNullType(type) ? type.ofType : type) instanceof GraphQLList;

/** `__schema` and `__type` are fields of no type in the schema. */
export const metaField = (name: string): GraphQLField<unknown, unknown> | undefined =>
  [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);

const known = new WeakMap<GraphQLSchema, Readonly<Record<string, number>>>();

/** Sizes of the lists of introspection: each is the longest of its kind in this schema. */
function sizesOfIntrospection(schema: GraphQLSchema): Readonly<Record<string, number>> {
  let sizes = known.get(schema);
  if (sizes === undefined) {
    sizes = measureIntrospection(schema);
    known.set(schema, sizes);
  }
  return sizes;
}

function measureIntrospection(schema: GraphQLSchema): Readonly<Record<string, number>> {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const objects = types.filter((type) => isObjectType(type));
  const longest = (lengths: readonly number[]): number => Math.max(1, ...lengths);
  const fields = objects.map((type) => Object.values(type.getFields()));
  return {
    "__Schema.types": types.length,
    "__Schema.directives": directives.length,
    "__Type.fields": longest(fields.map(({ length }) => length)),
    "__Type.interfaces": longest(objects.map((type) => type.getInterfaces().length)),
    "__Type.possibleTypes": longest(
      types.map((type) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0)),
    ),
    "__Type.enumValues": longest(types.map((type) => (isEnumType(type) ? type.getValues().length : 0))),
    "__Type.inputFields": longest(
      types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)),
    ),
    "__Field.args": longest(fields.flat().map(({ args }) => args.length)),
    "__Directive.args": longest(directives.map(({ args }) => args.length)),
    "__Directive.locations": longest(directives.map(({ locations }) => locations.length)),
  };
}
