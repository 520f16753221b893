import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from "graphql";

const known = new WeakMap<readonly FieldNode[], Map<string, ReadonlySet<string>>>();

/**
 * Names of the schema's fields that the request selects at any of the paths below the field being resolved
 * (`nodes`, `edges.node`), through fragments, whatever their aliases. What `@skip` leaves out counts as selected.
 */
export function selectedFields(
  { fieldNodes, fragments }: GraphQLResolveInfo,
  ...paths: readonly string[]
): ReadonlySet<string> {
  // Compiled queries pass the same nodes each time.
  const key = paths.join();
  const byPaths = known.get(fieldNodes) ?? new Map<string, ReadonlySet<string>>();
  known.set(fieldNodes, byPaths);
  let names = byPaths.get(key);
  if (names === undefined) {
    names = new Set(paths.flatMap((path) => namesAt(fieldNodes, path.split("."), fragments)));
    byPaths.set(key, names);
  }
  return names;
}

function namesAt(
  nodes: readonly FieldNode[],
  path: readonly string[],
  fragments: GraphQLResolveInfo["fragments"],
): string[] {
  const [step, ...rest] = path;
  const children = nodes.flatMap(({ selectionSet }) =>
    selectionSet === undefined ? [] : fieldsOf(selectionSet, fragments),
  );
  if (step === undefined) return children.map(({ name }) => name.value);
  return namesAt(
    children.filter(({ name }) => name.value === step),
    rest,
    fragments,
  );
}

function fieldsOf({ selections }: SelectionSetNode, fragments: GraphQLResolveInfo["fragments"]): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return inner === undefined ? [] : fieldsOf(inner.selectionSet, fragments);
  });
}
