interface LoadedPage {
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly nodes: { readonly length: number };
}

export interface Way {
  /** Where each known page begins; null is the first one. All but the last are full. */
  readonly cursors: readonly (string | null)[];
  /** Lines of the last page, once that is known to be the end. */
  readonly tail: number | null;
}

export const START: Way = { cursors: [null], tail: null };
/** Lines shown as a shape below what is loaded. */
const TO_COME = 3;

/**
 * Takes a loaded page into account. Where its end has moved, because lines were added above, the pages behind it begin elsewhere and are asked
 * for anew.
 */
export function advance(way: Way, index: number, page: LoadedPage): Way {
  const { endCursor, hasNextPage } = page.pageInfo;
  if (!hasNextPage || endCursor == null) {
    if (way.cursors.length === index + 1 && way.tail === page.nodes.length) return way;
    return { cursors: way.cursors.slice(0, index + 1), tail: page.nodes.length };
  }
  if (way.cursors[index + 1] === endCursor) return way;
  return { cursors: [...way.cursors.slice(0, index + 1), endCursor], tail: null };
}

export function countOf({ cursors, tail }: Way, pageSize: number): number {
  return (cursors.length - 1) * pageSize + (tail ?? TO_COME);
}
