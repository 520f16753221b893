import "reflect-metadata";
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync, type NonEmptyArray } from "type-graphql";

/** A resolver class, and the instance that answers for it. */
export type ResolverInstance = object;

/** The schema of all resolvers given; their instances are what the classes resolve to. */
export function buildApiSchema(resolvers: readonly ResolverInstance[]): GraphQLSchema {
  const instances = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  return buildSchemaSync({
    resolvers: [...instances.keys()] as NonEmptyArray<() => unknown>,
    container: {
      get: (resolverClass: () => unknown) => {
        const instance = instances.get(resolverClass);
        if (instance === undefined) throw new Error(`No instance of ${resolverClass.name} was given`);
        return instance;
      },
    },
    // The default is off, whatever the library's documentation says.
    validate: { forbidUnknownValues: false },
  });
}

/** The schema as text, sorted, so that it can be compared. */
export const printApiSchema = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
