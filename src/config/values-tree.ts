/** A parsed values.yaml that keeps the place of every value. */
export type ValuesNode = ValuesMapping | ValuesLeaf;

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface ValuesMapping {
  readonly kind: "mapping";
  readonly entries: ReadonlyMap<string, ValuesNode>;
  readonly place: Place;
}

/** A scalar or a list; lists are never merged. */
export interface ValuesLeaf {
  readonly kind: "leaf";
  readonly value: unknown;
  readonly place: Place;
}

/** Merges mappings key by key; any other node of the later tree replaces the earlier one. */
export function merge(earlier: ValuesNode, later: ValuesNode): ValuesNode {
  if (earlier.kind === "leaf" || later.kind === "leaf") return later;
  const entries = new Map(earlier.entries);
  for (const [key, node] of later.entries) {
    const present = entries.get(key);
    entries.set(key, present === undefined ? node : merge(present, node));
  }
  return { ...later, entries };
}

/** Finds a node by its path. Null and '' count as not set, and so are not found; leaves are not searched. */
export function find(tree: ValuesNode, path: string): ValuesNode | undefined {
  let node: ValuesNode | undefined = tree;
  for (const key of path.split(".")) {
    if (node?.kind !== "mapping") return undefined;
    node = node.entries.get(key);
  }
  return node?.kind === "leaf" && isUnset(node.value) ? undefined : node;
}

export function toPlain(node: ValuesNode): unknown {
  if (node.kind === "leaf") return node.value;
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toPlain(entry)]));
}

function isUnset(value: unknown): boolean {
  return value === null || value === undefined || value === "";
}
