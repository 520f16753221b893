import {
  GraphQLError,
  Kind,
  type ASTNode,
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";

export type LimitCode = "QUERY_TOO_DEEP" | "TOO_MANY_ALIASES" | "QUERY_TOO_COSTLY";

/** A document that is valid but asks for too much; HTTP 400. */
export class LimitExceeded extends GraphQLError {
  constructor(
    readonly code: LimitCode,
    message: string,
    nodes?: ASTNode,
  ) {
    super(message, { ...(nodes && { nodes }), extensions: { code, http: { status: 400 } } });
  }
}

/** The refusal that Apollo has wrapped into an error of its own, or null where the error is none of a limit. */
export function limitRefusal(error: unknown): GraphQLFormattedError | null {
  const cause = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  return cause instanceof LimitExceeded ? { message: cause.message, extensions: { code: cause.code } } : null;
}

/** Refuses documents whose fields nest deeper than that. Introspection is exempt. */
export const maxDepth = (limit: number): ValidationRule =>
  measureOperations({
    field: (_node, below) => 1 + below,
    join: Math.max,
    check: (depth, node) =>
      depth <= limit
        ? null
        : new LimitExceeded("QUERY_TOO_DEEP", `The query nests ${depth} levels deep; at most ${limit} are allowed`, node),
  });

/** Refuses documents with more aliases than that; a fragment's count at each place where it is used. */
export const maxAliases = (limit: number): ValidationRule =>
  measureOperations({
    field: (node, below) => (node.alias === undefined ? 0 : 1) + below,
    join: (one, other) => one + other,
    check: (aliases, node) =>
      aliases <= limit
        ? null
        : new LimitExceeded("TOO_MANY_ALIASES", `The query has ${aliases} aliases; at most ${limit} are allowed`, node),
  });

interface Measure {
  readonly field: (node: FieldNode, below: number) => number;
  readonly join: (one: number, other: number) => number;
  readonly check: (measured: number, node: ASTNode) => LimitExceeded | null;
}

function measureOperations({ field, join, check }: Measure): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    const fragments = new Map<FragmentDefinitionNode, number>();

    function ofFragment(fragment: FragmentDefinitionNode | null | undefined): number {
      if (!fragment) return 0;
      const known = fragments.get(fragment);
      if (known !== undefined) return known;
      // Ends a cycle, which the specification's own rules report.
      fragments.set(fragment, 0);
      const measured = of(fragment.selectionSet);
      fragments.set(fragment, measured);
      return measured;
    }

    function of(selectionSet: SelectionSetNode | undefined): number {
      let total = 0;
      for (const selection of selectionSet?.selections ?? []) {
        if (selection.kind === Kind.FIELD) {
          if (isIntrospection(selection)) continue;
          total = join(total, field(selection, of(selection.selectionSet)));
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          total = join(total, of(selection.selectionSet));
        } else {
          total = join(total, ofFragment(context.getFragment(selection.name.value)));
        }
      }
      return total;
    }

    return {
      OperationDefinition(node) {
        const refusal = check(of(node.selectionSet), node);
        if (refusal !== null) context.reportError(refusal);
        return false;
      },
      FragmentDefinition: () => false,
    };
  };
}

export const isIntrospection = (field: FieldNode): boolean =>
  field.name.value === "__schema" || field.name.value === "__type";
