import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";

type Field = GraphQLField<unknown, unknown>;

/** Everything that can be read of a type without arguments, so many levels deep; a type comes twice on a path at most. */
function selectionOf(type: GraphQLOutputType, depth: number, path: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "";
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return [];
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return [field.name];
    if (depth === 0 || path.filter((name) => name === inner.name).length > 1) return [];
    const selection = selectionOf(field.type, depth - 1, [...path, inner.name]);
    return selection === "" ? [] : [`${field.name} ${selection}`];
  });
  return fields.length === 0 ? "" : `{ ${fields.join(" ")} }`;
}

export interface RootField {
  readonly kind: "query" | "mutation";
  readonly field: Field;
}

export function rootFields(schema: GraphQLSchema): RootField[] {
  const of = (kind: RootField["kind"], type: GraphQLObjectType | null | undefined): RootField[] =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field }));
  return [...of("query", schema.getQueryType()), ...of("mutation", schema.getMutationType())];
}

/** An argument that names something that exists, or one of an object that is an argument; `a.b` inside of `a`. */
export interface NamingArgument {
  readonly argument: GraphQLArgument;
  readonly path: string;
}

const IDS = ["Uuid", "Id", "ID"];
/** Arguments of text that name something. */
const NAMES = ["id", "releaseName", "email"];

export function namingArguments({ args }: Field): NamingArgument[] {
  return args.flatMap((argument) => {
    const type = getNamedType(argument.type);
    if (isInputObjectType(type)) {
      return Object.values(type.getFields())
        .filter((field) => isNaming(field.name, getNamedType(field.type).name))
        .map((field) => ({ argument, path: `${argument.name}.${field.name}` }));
    }
    return isNaming(argument.name, type.name) ? [{ argument, path: argument.name }] : [];
  });
}

const isNaming = (name: string, type: string): boolean => IDS.includes(type) || NAMES.includes(name);

/** One call of the field with these arguments as variables, reading everything near. */
export function callOf({ kind, field }: RootField, values: Readonly<Record<string, unknown>>, depth: number) {
  const args = field.args.filter(({ name }) => name in values);
  const declared = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const given = args.map(({ name }) => `${name}: $${name}`).join(", ");
  const call = `${field.name}${given === "" ? "" : `(${given})`} ${selectionOf(field.type, depth)}`;
  const variables = Object.fromEntries(args.map(({ name, type }) => [name, asList(type, values[name])]));
  return { query: `${kind}${declared === "" ? "" : ` (${declared})`} { ${call} }`, variables };
}

const asList = (type: GraphQLInputType, value: unknown): unknown =>
  isListType(getNullableType(type)) && !Array.isArray(value) ? [value] : value;
