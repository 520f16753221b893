import { HeaderMap, type ApolloServerPlugin, type BaseContext, type GraphQLRequestListener } from "@apollo/server";
import {
  BREAK,
  getNamedType,
  isAbstractType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValueNode,
} from "graphql";
import { compileQuery, isCompiledQuery, type CompiledQuery } from "graphql-jit";
import { isIntrospection } from "./limits";
import { serializersOf } from "./serializers";

const NO_HEADERS = new HeaderMap();

type Compilation = CompiledQuery | "SEEN_ONCE" | "IMPOSSIBLE";

/**
 * Answers queries from compiled code instead of by interpreting the document.
 *
 * Only answers without errors come from here. On any error, wrong variables included, Apollo executes
 * the query once more in its ordinary way, so that `formatError` sees every error and no message leaves
 * unmasked. Resolvers of queries therefore have to bear being called twice for one request; mutations
 * and introspection never come here.
 *
 * A field without a resolver is read straight off its parent: it must be a plain value there, neither a
 * promise nor a function, nor a getter that may throw (which here would end the process). An empty list given for an input object passes as an empty object: the one known
 * leniency. What is compiled lives as long as the parsed document in Apollo's store.
 */
export function compiledQueries<TContext extends BaseContext>(): ApolloServerPlugin<TContext> {
  const compilations = new WeakMap<OperationDefinitionNode, Compilation>();

  const listener: GraphQLRequestListener<TContext> = {
    async responseForOperation({ schema, document, operation, request, contextValue }) {
      if (operation?.operation !== OperationTypeNode.QUERY) return null;
      const compilation = compilations.get(operation);
      if (compilation === undefined) {
        // Compiling takes longer than one execution: a document with its values written into it never comes again.
        compilations.set(operation, "SEEN_ONCE");
        return null;
      }
      const compiled = compilation === "SEEN_ONCE" ? compile(schema, document, operation) : compilation;
      compilations.set(operation, compiled);
      if (compiled === "IMPOSSIBLE") return null;

      try {
        const { data, errors } = await compiled.query(undefined, contextValue, request.variables);
        if (errors !== undefined) return null;
        return { http: { headers: NO_HEADERS }, body: { kind: "single", singleResult: { data: data ?? null } } };
      } catch {
        return null;
      }
    },
  };
  return { requestDidStart: async () => listener };
}

/** The operation as code, unless it holds something that compiled code would get wrong. */
export function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | "IMPOSSIBLE" {
  if (!isFitForCompiling(schema, document)) return "IMPOSSIBLE";
  const compiled = compileQuery(schema, document, operation.name?.value, { customSerializers: serializersOf(schema) });
  return isCompiledQuery(compiled) ? compiled : "IMPOSSIBLE";
}

function isFitForCompiling(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let fit = true;
  const giveUp = (): typeof BREAK => {
    fit = false;
    return BREAK;
  };
  const visitor: ASTVisitor = {
    // An error in `resolveType` would leave the answer pending for ever and end the process.
    Field: (node) => (isIntrospection(node) || isAbstractType(getNamedType(types.getType())) ? giveUp() : undefined),
    // `{ word: $word }`: where the variable is left out, compiled code puts null and not the default.
    ObjectValue: (node) => (holdsVariable(node) ? giveUp() : undefined),
    ListValue: (node) => (holdsVariable(node) ? giveUp() : undefined),
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return fit;
}

const holdsVariable = (node: ValueNode): boolean =>
  node.kind === Kind.VARIABLE ||
  (node.kind === Kind.LIST && node.values.some(holdsVariable)) ||
  (node.kind === Kind.OBJECT && node.fields.some(({ value }) => holdsVariable(value)));
