import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  type GraphQLLeafType,
  type GraphQLSchema,
} from "graphql";

type Serialize = (value: unknown) => unknown;

const known = new WeakMap<GraphQLSchema, Readonly<Record<string, Serialize>>>();

/** Quick checks, by type, whether a value already has its serialized form. */
const isSerialized: Readonly<Record<string, (value: unknown) => boolean>> = {
  [GraphQLString.name]: (value) => typeof value === "string",
  [GraphQLID.name]: (value) => typeof value === "string",
  [GraphQLBoolean.name]: (value) => typeof value === "boolean",
  [GraphQLFloat.name]: (value) => typeof value === "number" && Number.isFinite(value),
  [GraphQLInt.name]: (value) => typeof value === "number" && (value | 0) === value,
};

/**
 * The types' own serializers with a short cut for values that need no conversion: a page of a list has hundreds of
 * them. Results and errors are the same as without it.
 */
export function serializersOf(schema: GraphQLSchema): Readonly<Record<string, Serialize>> {
  let serializers = known.get(schema);
  if (serializers === undefined) {
    serializers = Object.fromEntries(
      Object.values(schema.getTypeMap()).flatMap((type) => {
        const shortCut = isEnumType(type)
          ? isOneOf(
              type
                .getValues()
                .filter(({ name, value }) => name === value)
                .map(({ name }) => name),
            )
          : isSerialized[type.name];
        return shortCut === undefined ? [] : [[type.name, serializerOf(type as GraphQLLeafType, shortCut)] as const];
      }),
    );
    known.set(schema, serializers);
  }
  return serializers;
}

function isOneOf(names: readonly string[]): (value: unknown) => boolean {
  const set = new Set<unknown>(names);
  return (value) => set.has(value);
}

const serializerOf =
  (type: GraphQLLeafType, isDone: (value: unknown) => boolean): Serialize =>
  (value) =>
    isDone(value) ? value : type.serialize(value);
