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
import {
  costOfValues,
  extraCostOf,
  isItemsOfPage,
  isList,
  itemsOf,
  metaField,
  PAGE_ARGUMENTS,
} from "../../infrastructure/graphql/field-costs";
import { isStandardIntrospection } from "./introspection";
import { LimitExceeded } from "./limits";

/** The number of items of a page: a number, or the value of a variable. */
type PageSize = number | { readonly variable: string; readonly otherwise: number; readonly all: number };

/** The cost of a selection: the part that is the same for all variables, and the pages in it. */
interface Cost {
  readonly constant: number;
  readonly pages: readonly { readonly size: PageSize; readonly inside: Cost }[];
}

/** The whole cost, or only the part that declared costs (`@Cost`) add to the one of every field. */
export type CostKind = "ALL" | "DECLARED";

/**
 * Refuses operations that cost more than `max`, before they are executed. Every field costs one, or its declared cost.
 * The fields inside a list count once for each item that a page argument asks for, or as often as the list's declared
 * size says. Introspection counts like everything else, except the standard query, whose result is cached.
 */
export class CostLimit {
  private readonly costs: Readonly<Record<CostKind, WeakMap<OperationDefinitionNode, Cost>>> = {
    ALL: new WeakMap(),
    DECLARED: new WeakMap(),
  };

  constructor(private readonly max: number) {}

  /** Returns null if an operation with this whole cost is within the limit. */
  refusalOf({ document, operation }: CheckedQuery, cost: number): LimitExceeded | null {
    if (cost <= this.max || isStandardIntrospection(document, operation)) return null;
    return new LimitExceeded("QUERY_TOO_COSTLY", `The query costs ${cost}; at most ${this.max} is allowed`, operation);
  }

  costOf({ schema, document, operation }: CheckedQuery, variables: Variables, kind: CostKind): number {
    let cost = this.costs[kind].get(operation);
    if (cost === undefined) {
      cost = costOf(schema, document, operation, kind);
      this.costs[kind].set(operation, cost);
    }
    return evaluate(cost, variables);
  }
}

export function evaluate({ constant, pages }: Cost, variables: Variables): number {
  let total = constant;
  for (const { size, inside } of pages) {
    const times = typeof size === "number" ? size : sizeOf(variables[size.variable], size.otherwise, size.all);
    total += times * evaluate(inside, variables);
  }
  return total;
}

/** The operation's cost as far as it is known without variables. */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  kind: CostKind = "ALL",
): Cost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const following = new Set<string>();

  /** @param page number of items of a list whose length an argument of the parent field sets */
  function ofSelections(
    selectionSet: SelectionSetNode | undefined,
    type: GraphQLNamedType | undefined,
    page: PageSize | null,
  ): Cost {
    let constant = 0;
    const pages: Cost["pages"][number][] = [];
    for (const selection of selectionSet?.selections ?? []) {
      const cost = selection.kind === Kind.FIELD ? ofField(selection, type, page) : ofFragment(selection);
      constant += cost.constant;
      pages.push(...cost.pages);
    }
    return { constant, pages };

    function ofFragment(node: Exclude<SelectionSetNode["selections"][number], FieldNode>): Cost {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition?.name.value;
        return ofSelections(node.selectionSet, condition === undefined ? type : schema.getType(condition), page);
      }
      const name = node.name.value;
      const fragment = fragments.get(name);
      if (fragment === undefined || following.has(name)) return FREE;
      following.add(name);
      const cost = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), page);
      following.delete(name);
      return cost;
    }
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined, page: PageSize | null): Cost {
    const field =
      (isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined) ??
      metaField(node.name.value);
    const own = ownCost(node, field);
    if (field === undefined || parent === undefined) return { constant: own, pages: [] };
    const items = itemsOf(schema, parent, field);
    const asked = pageSizeOf(node, field, operation, items);
    const isOfItems = isList(field.type);
    const inside = ofSelections(node.selectionSet, getNamedType(field.type), isOfItems ? null : asked);
    const values = kind === "ALL" && items !== null ? costOfValues(field, items) : 0;
    const size = isItemsOfPage(field) ? page : isOfItems ? asked : null;
    if (size === null || (inside.constant === 0 && inside.pages.length === 0))
      return { constant: own + values + inside.constant, pages: inside.pages };
    if (typeof size === "number" && inside.pages.length === 0)
      return { constant: own + size * inside.constant, pages: [] };
    return { constant: own, pages: [{ size, inside }] };
  }

  function ownCost(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
    const extra =
      field === undefined
        ? 0
        : extraCostOf(
            field,
            (node.arguments ?? []).map(({ name }) => name.value),
          );
    return kind === "ALL" ? 1 + extra : extra;
  }

  return ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined, null);
}

const FREE: Cost = { constant: 0, pages: [] };

function pageSizeOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  operation: OperationDefinitionNode,
  items: number | null,
): PageSize | null {
  const sizes = field.args
    .filter(({ name }) => PAGE_ARGUMENTS.includes(name))
    .map((argument): PageSize => {
      const all = items ?? 1;
      const byDefault = sizeOf(argument.defaultValue, all, all);
      const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
      if (given?.kind === Kind.INT) return sizeOf(Number(given.value), byDefault, all);
      if (given?.kind !== Kind.VARIABLE) return byDefault;
      const variable = given.name.value;
      const definition = operation.variableDefinitions?.find((one) => one.variable.name.value === variable);
      const ofVariable =
        definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
      return { variable, otherwise: sizeOf(ofVariable, byDefault, all), all };
    });
  // If a field has several page arguments, such as `first` and `last`, the one with a variable counts, or the largest.
  return (
    sizes.find((size) => typeof size !== "number") ?? (sizes.length === 0 ? items : Math.max(...(sizes as number[])))
  );
}

/** The number of items. A negative number reads backwards; -1 may also ask for all items. */
function sizeOf(value: unknown, otherwise: number, all: number): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return otherwise;
  return value === -1 ? all : Math.max(1, Math.abs(value));
}
