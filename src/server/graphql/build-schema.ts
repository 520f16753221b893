import "reflect-metadata";
import { isObjectType, lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync, getMetadataStorage, type ContainerType, type NonEmptyArray } from "type-graphql";
import { attachStreams, NO_PUB_SUB } from "../../infrastructure/graphql/streams";

/** A resolver class, and the instance that answers for it. */
export type ResolverInstance = object;

/** The schema of all resolvers given; their instances are what the classes resolve to. */
export function buildApiSchema(resolvers: readonly ResolverInstance[]): GraphQLSchema {
  const instances = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const schema = buildSchemaOf([...instances.keys()], {
    get: (resolverClass: () => unknown) => {
      const instance = instances.get(resolverClass);
      if (instance === undefined) throw new Error(`No instance of ${resolverClass.name} was given`);
      return instance;
    },
  });
  attachStreams(schema, resolvers);
  return schema;
}

/**
 * The schema of all resolver classes that are imported. It can be printed, but not executed: the resolvers have no
 * instances.
 */
export function buildDeclaredSchema(): GraphQLSchema {
  return buildSchemaOf(
    getMetadataStorage().resolverClasses.map(({ target }) => target),
    {
      get: (resolverClass: () => unknown) => {
        throw new Error(`${resolverClass.name} was only declared`);
      },
    },
  );
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- so type-graphql calls a class
function buildSchemaOf(classes: readonly Function[], container: ContainerType): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...classes] as unknown as NonEmptyArray<() => unknown>,
    container,
    pubSub: NO_PUB_SUB,
    // The default is off, whatever the library's documentation says.
    validate: { forbidUnknownValues: false },
  });
  takeResolversOffGetters(schema);
  return schema;
}

/**
 * type-graphql gives every getter a resolver with its middleware, also where it is declared `simple`; a page of a list
 * is hundreds of them. Without one it is read like any other property.
 */
function takeResolversOffGetters(schema: GraphQLSchema): void {
  for (const { name, fields = [] } of getMetadataStorage().objectTypes) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const { schemaName, simple } of fields) if (simple === true) delete type.getFields()[schemaName]?.resolve;
  }
}

/** The schema as text, sorted, so that it can be compared. */
export const printApiSchema = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
