import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from "@apollo/server";
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
import { LRUCache } from "lru-cache";
import { isIntrospection } from "./limits";
import { serializersOf } from "./serializers";

const MAX_QUERIES = 500;
const MAX_CHARACTERS = 500_000;

/** A query whose document has passed every check that does not depend on its variables. */
export interface CheckedQuery {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export type Variables = Readonly<Record<string, unknown>>;

interface Known extends CheckedQuery {
  readonly compiled: CompiledQuery;
}

export interface CompiledAnswer extends CheckedQuery {
  readonly data: unknown;
}

/**
 * Executes queries by compiled code, before Apollo sees them: once a text has passed through Apollo's pipeline twice,
 * only its execution is left to do.
 *
 * Only responses without errors come from here. On any error, wrong variables included, Apollo executes the query once
 * more in its ordinary way, so that `formatError` sees every error and no message leaves unmasked. Resolvers of queries
 * must therefore tolerate being called twice for one request. Mutations, introspection and documents with several
 * operations are never executed here.
 *
 * A field without a resolver is read directly from its parent, where it must be a plain value: neither a promise nor a
 * function, nor a getter that may throw (which here would end the process). An empty list given for an input object
 * passes as an empty object: the one known leniency.
 */
export class CompiledQueries<TContext extends BaseContext> {
  private readonly known = new LRUCache<string, Known | "SEEN_ONCE" | "IMPOSSIBLE">({
    max: MAX_QUERIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });

  /** @param allows does the checks that each set of variables needs anew */
  constructor(
    private readonly allows: (
      query: CheckedQuery,
      variables: Variables,
      context: TContext,
    ) => boolean | Promise<boolean>,
    /** Whether queries of this caller are compiled, if they come again. */
    private readonly learnsFrom: (context: TContext) => boolean = () => true,
  ) {}

  /**
   * Learns which queries come again. It uses the last hook before execution, which only valid documents within the
   * limits reach.
   */
  plugin(): ApolloServerPlugin<TContext> {
    const listener: GraphQLRequestListener<TContext> = {
      responseForOperation: async ({ schema, document, operation, source, contextValue }) => {
        if (operation?.operation === OperationTypeNode.QUERY && this.learnsFrom(contextValue))
          this.learn(source, { schema, document, operation });
        return null;
      },
    };
    return { requestDidStart: async () => listener };
  }

  /** Returns null if Apollo has to answer. */
  async execute(
    { query, operationName }: { readonly query: string; readonly operationName?: string | null | undefined },
    variables: Variables,
    context: TContext,
  ): Promise<CompiledAnswer | null> {
    const known = this.known.get(query);
    if (known === undefined || typeof known === "string") return null;
    if (operationName != null && operationName !== known.operation.name?.value) return null;
    if (!(await this.allows(known, variables, context))) return null;
    try {
      const { data, errors } = await known.compiled.query(undefined, context, variables);
      if (errors !== undefined) return null;
      const { schema, document, operation } = known;
      return { schema, document, operation, data: data ?? null };
    } catch {
      return null;
    }
  }

  private learn(text: string, query: CheckedQuery): void {
    const before = this.known.get(text);
    // Compiles at the second time only: compiling takes longer than one execution, and a document with its values
    // written into it never comes again.
    if (before === undefined) this.known.set(text, "SEEN_ONCE");
    if (before !== "SEEN_ONCE") return;
    const isOnly = query.document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;
    const compiled = isOnly ? compile(query) : "IMPOSSIBLE";
    this.known.set(text, compiled === "IMPOSSIBLE" ? compiled : { ...query, compiled });
  }
}

/** Compiles the operation, unless it contains something that compiled code would get wrong. */
export function compile({ schema, document, operation }: CheckedQuery): CompiledQuery | "IMPOSSIBLE" {
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
    // In compiled code an error in `resolveType` would leave the response pending forever and end the process.
    Field: (node) => (isIntrospection(node) || isAbstractType(getNamedType(types.getType())) ? giveUp() : undefined),
    // `{ word: $word }`: if the variable is absent, compiled code passes null and not the default.
    ObjectValue: (node) => (holdsVariable(node) ? giveUp() : undefined),
    ListValue: (node) => (holdsVariable(node) ? giveUp() : undefined),
    // Compiled code would set the prototype of its result and leave the field out.
    Name: ({ value }) => (value === "__proto__" ? giveUp() : undefined),
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return fit;
}

const holdsVariable = (node: ValueNode): boolean =>
  node.kind === Kind.VARIABLE ||
  (node.kind === Kind.LIST && node.values.some(holdsVariable)) ||
  (node.kind === Kind.OBJECT && node.fields.some(({ value }) => holdsVariable(value)));
