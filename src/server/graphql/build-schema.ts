import "reflect-metadata";
import { isObjectType, lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync, getMetadataStorage, type ContainerType, type NonEmptyArray } from "type-graphql";
import { attachStreams, NO_PUB_SUB } from "../../infrastructure/graphql/streams";

/** An instance of a resolver class. */
export type ResolverInstance = object;

/** Builds the schema of these resolvers; their instances resolve its fields. */
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
 * Builds the schema of every resolver class that has been imported. It can be printed, but not executed, as there are
 * no instances.
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
    // The default is off, despite the library's documentation.
    validate: { forbidUnknownValues: false },
  });
  takeResolversOffGetters(schema);
  return schema;
}

/**
 * type-graphql gives every getter a resolver with its middleware, even if it is declared `simple`; a page of a list has
 * hundreds of them. Without a resolver, a getter is read like any other property.
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
