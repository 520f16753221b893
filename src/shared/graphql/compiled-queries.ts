import { HeaderMap, type ApolloServerPlugin, type BaseContext, type GraphQLRequestListener } from "@apollo/server";
import {
  BREAK,
  Kind,
  OperationTypeNode,
  visit,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { compileQuery, isCompiledQuery, type CompiledQuery } from "graphql-jit";

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
 * promise nor a function. What is compiled lives as long as the parsed document in Apollo's store.
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

      const result = await compiled.query(undefined, contextValue, request.variables);
      if (result.errors !== undefined) return null;
      return { http: { headers: NO_HEADERS }, body: { kind: "single", singleResult: { data: result.data ?? null } } };
    },
  };
  return { requestDidStart: async () => listener };
}

/** The operation as code, unless it holds something that compiled code answers otherwise than the specification. */
export function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | "IMPOSSIBLE" {
  if (contains(document, isIntrospection) || contains(document, isVariableInsideValue)) return "IMPOSSIBLE";
  const compiled = compileQuery(schema, document, operation.name?.value);
  return isCompiledQuery(compiled) ? compiled : "IMPOSSIBLE";
}

type Ancestors = readonly (ASTNode | readonly ASTNode[])[];

function contains(document: DocumentNode, matches: (node: ASTNode, ancestors: Ancestors) => boolean): boolean {
  let found = false;
  visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      if (!matches(node, ancestors)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

const isIntrospection = (node: ASTNode): boolean =>
  node.kind === Kind.FIELD && (node.name.value === "__schema" || node.name.value === "__type");

/** `{ word: $word }`: where the variable is left out, compiled code puts null and not the default. */
const isVariableInsideValue = (node: ASTNode, ancestors: Ancestors): boolean =>
  node.kind === Kind.VARIABLE &&
  ancestors.some((one) => "kind" in one && (one.kind === Kind.OBJECT || one.kind === Kind.LIST));
