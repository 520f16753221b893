import {
  Kind,
  Lexer,
  Source,
  TokenKind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { LimitExceeded } from "./limits";

/** Max comparisons: graphql-js compares fields of the same name in pairs, at about a microsecond each. */
const MAX_COMPARISONS = 10_000;
/** Same as Apollo's limit on selections, which refuses documents with more fields. */
const MAX_FIELDS = 10_000;

/**
 * Refuses documents whose validation takes long, before they are validated: the rule that fields of the same name can
 * be merged compares every two of them. Returns null if a document is within the limit, or if another rule refuses it.
 */
export function validationRefusal(document: DocumentNode): LimitExceeded | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let comparisons = 0;
  let fieldsLeft = MAX_FIELDS;

  /** Fields to merge with each other, by name; each with the fragments that lead to it. */
  type Merged = Map<string, { readonly node: FieldNode; readonly path: ReadonlySet<string> }[]>;

  function collect(selectionSet: SelectionSetNode, path: ReadonlySet<string>, into: Merged): void {
    for (const selection of selectionSet.selections) {
      if (fieldsLeft <= 0) return;
      if (selection.kind === Kind.FIELD) {
        fieldsLeft--;
        const name = (selection.alias ?? selection.name).value;
        const same = into.get(name);
        if (same === undefined) into.set(name, [{ node: selection, path }]);
        else {
          comparisons += same.length;
          same.push({ node: selection, path });
        }
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet, path, into);
      } else {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment !== undefined && !path.has(name)) collect(fragment.selectionSet, new Set(path).add(name), into);
      }
    }
  }

  function descend(merged: Merged): void {
    for (const same of merged.values()) {
      if (comparisons > MAX_COMPARISONS || fieldsLeft <= 0) return;
      const below: Merged = new Map();
      for (const { node, path } of same) if (node.selectionSet !== undefined) collect(node.selectionSet, path, below);
      if (below.size > 0) descend(below);
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const merged: Merged = new Map();
    collect(definition.selectionSet, new Set(), merged);
    descend(merged);
  }
  if (comparisons <= MAX_COMPARISONS) return null;
  return new LimitExceeded(
    "QUERY_TOO_COSTLY",
    `The document repeats its fields too often: more than ${MAX_COMPARISONS} pairs of fields have to be compared`,
  );
}

/** The number of tokens of a text. Counting stops at `limit`, and where the text cannot be read. */
export function countTokens(text: string, limit: number): number {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  try {
    while (tokens < limit && lexer.advance().kind !== TokenKind.EOF) tokens++;
  } catch {
    // The parser reports the error.
  }
  return tokens;
}
