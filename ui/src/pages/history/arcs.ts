import type { LineFragment } from "../../gql";

interface Placed {
  /** Px from the top of the page. */
  readonly start: number;
  readonly line: Pick<LineFragment, "id" | "number" | "rollbackFrom"> | undefined;
}

/** Longer arcs would say less than the number does, px. */
const MAX_PX = 900;

/**
 * Returns how far below a rollback's line the line is whose content it restored, px, by the rollback's id; only where both are on the screen.
 * Of overlapping arcs the newer one stays.
 *
 * @param lines newest first
 */
export function arcsOf(lines: readonly Placed[], isWhole: boolean): ReadonlyMap<string, number> {
  const arcs = new Map<string, number>();
  if (!isWhole) return arcs;
  const starts = new Map(
    lines.flatMap(({ line, start }) => (line === undefined ? [] : [[line.number, start] as const])),
  );
  let free = -Infinity;
  for (const { line, start } of lines) {
    const target = line?.rollbackFrom == null ? undefined : starts.get(line.rollbackFrom.number);
    if (line === undefined || target === undefined || start < free || target - start > MAX_PX) continue;
    arcs.set(line.id, target - start);
    free = target;
  }
  return arcs;
}
