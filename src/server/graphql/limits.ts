import { HeaderMap } from "@apollo/server";
import {
  BREAK,
  GraphQLError,
  Kind,
  visit,
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";
import { isStandardIntrospection } from "./introspection";

interface RefusalDetails {
  readonly retryAfterSeconds?: number;
  readonly [name: string]: unknown;
}

/** A request that is refused before or during its execution. */
export class RequestRefused extends GraphQLError {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly details: RefusalDetails = {},
    nodes?: ASTNode,
  ) {
    const { retryAfterSeconds: wait } = details;
    const headers = new HeaderMap(wait === undefined ? [] : [["retry-after", String(wait)]]);
    super(message, { ...(nodes && { nodes }), extensions: { code, http: { status, headers } } });
  }
}

export type LimitCode = "QUERY_TOO_DEEP" | "TOO_MANY_ALIASES" | "QUERY_TOO_COSTLY";

/** A valid document exceeds a limit; HTTP 400. */
export class LimitExceeded extends RequestRefused {
  constructor(code: LimitCode, message: string, nodes?: ASTNode) {
    super(code, message, 400, {}, nodes);
  }
}

/**
 * The form of a refusal for clients, also if Apollo has wrapped it into an error of its own; null for every other
 * error.
 */
export function refusalIn(error: unknown): GraphQLFormattedError | null {
  const cause = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  return cause instanceof RequestRefused ? shownRefusal(cause) : null;
}

export const shownRefusal = ({ message, code, details }: RequestRefused): GraphQLFormattedError => ({
  message,
  extensions: { code, ...details },
});

/** Refuses documents whose fields nest deeper than `limit`, except the standard introspection query. */
export const maxDepth = (limit: number): ValidationRule =>
  measureOperations({
    field: (_node, below) => 1 + below,
    join: Math.max,
    check: (depth, node) =>
      depth <= limit
        ? null
        : new LimitExceeded(
            "QUERY_TOO_DEEP",
            `The query nests ${depth} levels deep; at most ${limit} are allowed`,
            node,
          ),
  });

/** Refuses documents with more than `limit` aliases; the aliases of a fragment count at each place where it is used. */
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
      // Ends a cycle of fragments, which the specification's own rules report.
      fragments.set(fragment, 0);
      const measured = of(fragment.selectionSet);
      fragments.set(fragment, measured);
      return measured;
    }

    function of(selectionSet: SelectionSetNode | undefined): number {
      let total = 0;
      for (const selection of selectionSet?.selections ?? []) {
        if (selection.kind === Kind.FIELD) {
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
        if (refusal !== null && !isStandardIntrospection(context.getDocument(), node)) context.reportError(refusal);
        return false;
      },
      FragmentDefinition: () => false,
    };
  };
}

/** Whether the document has more than `limit` aliases, each fragment counted once. */
export function hasMoreAliases(document: DocumentNode, limit: number): boolean {
  let left = limit;
  visit(document, { Field: ({ alias }) => (alias !== undefined && --left < 0 ? BREAK : undefined) });
  return left < 0;
}

export const isIntrospection = (field: FieldNode): boolean =>
  field.name.value === "__schema" || field.name.value === "__type";
