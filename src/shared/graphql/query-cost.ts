import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from "@apollo/server";
import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { CheckedQuery, Variables } from "./compiled-queries";
import { isIntrospection, LimitExceeded } from "./limits";

const PAGE_ARGUMENTS = ["first", "take"];

/** How often a field's inside comes: as often as written, or as a variable says. */
type PageSize = number | { readonly variable: string; readonly otherwise: number };

/** What a selection costs: the part that is the same for all variables, and the pages in it. */
interface Cost {
  readonly constant: number;
  readonly pages: readonly { readonly size: PageSize; readonly inside: Cost }[];
}

/**
 * Refuses operations that cost more than that, before anything is executed. Every field costs one; what
 * is inside a field counts once for each item that its `first` or `take` asks for. Introspection is free.
 */
export class CostLimit {
  private readonly costs = new WeakMap<OperationDefinitionNode, Cost>();

  constructor(private readonly most: number) {}

  /** Null where the operation is within the limit. */
  refusalOf({ schema, document, operation }: CheckedQuery, variables: Variables): LimitExceeded | null {
    let cost = this.costs.get(operation);
    if (cost === undefined) {
      cost = costOf(schema, document, operation);
      this.costs.set(operation, cost);
    }
    const total = evaluate(cost, variables);
    if (total <= this.most) return null;
    return new LimitExceeded("QUERY_TOO_COSTLY", `The query costs ${total}; at most ${this.most} is allowed`, operation);
  }

  plugin<TContext extends BaseContext>(): ApolloServerPlugin<TContext> {
    const listener: GraphQLRequestListener<TContext> = {
      didResolveOperation: async ({ schema, document, operation, request }) => {
        // Apollo's types promise an operation, its pipeline does not.
        const refusal = operation === undefined ? null : this.refusalOf({ schema, document, operation }, request.variables ?? {});
        if (refusal !== null) throw refusal;
      },
    };
    return { requestDidStart: async () => listener };
  }
}

export function evaluate({ constant, pages }: Cost, variables: Variables): number {
  let total = constant;
  for (const { size, inside } of pages) {
    const times = typeof size === "number" ? size : sizeOr(variables[size.variable], size.otherwise);
    total += times * evaluate(inside, variables);
  }
  return total;
}

/** The operation's cost as far as it is known without variables. */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const following = new Set<string>();

  function ofSelections(selectionSet: SelectionSetNode | undefined, type: GraphQLNamedType | undefined): Cost {
    let constant = 0;
    const pages: Cost["pages"][number][] = [];
    for (const selection of selectionSet?.selections ?? []) {
      const cost = selection.kind === Kind.FIELD ? ofField(selection, type) : ofFragment(selection);
      constant += cost.constant;
      pages.push(...cost.pages);
    }
    return { constant, pages };

    function ofFragment(node: Exclude<SelectionSetNode["selections"][number], FieldNode>): Cost {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition?.name.value;
        return ofSelections(node.selectionSet, condition === undefined ? type : schema.getType(condition));
      }
      const name = node.name.value;
      const fragment = fragments.get(name);
      if (fragment === undefined || following.has(name)) return FREE;
      following.add(name);
      const cost = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value));
      following.delete(name);
      return cost;
    }
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Cost {
    if (isIntrospection(node)) return FREE;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const inside = ofSelections(node.selectionSet, field && getNamedType(field.type));
    const size = field === undefined ? null : pageSizeOf(node, field, operation);
    if (size === null) return { constant: 1 + inside.constant, pages: inside.pages };
    if (typeof size === "number" && inside.pages.length === 0) return { constant: 1 + size * inside.constant, pages: [] };
    return { constant: 1, pages: [{ size, inside }] };
  }

  return ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
}

const FREE: Cost = { constant: 0, pages: [] };

function pageSizeOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  operation: OperationDefinitionNode,
): PageSize | null {
  const argument = field.args.find(({ name }) => PAGE_ARGUMENTS.includes(name));
  if (argument === undefined) return null;
  const byDefault = sizeOr(argument.defaultValue, 1);
  const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
  if (given?.kind === Kind.INT) return sizeOr(Number(given.value), byDefault);
  if (given?.kind !== Kind.VARIABLE) return byDefault;
  const variable = given.name.value;
  const definition = operation.variableDefinitions?.find((one) => one.variable.name.value === variable);
  const ofVariable = definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
  return { variable, otherwise: sizeOr(ofVariable, byDefault) };
}

const sizeOr = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.max(1, value) : otherwise;
