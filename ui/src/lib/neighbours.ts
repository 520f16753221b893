import type { LineFragment } from "../gql";

/** What a line's neighbours in the history tell about it. */
export interface Context {
  /** How long it ran, ms; null if unknown or while it runs. */
  readonly ranMs: number | null;
  /** The rollback that left it behind. */
  readonly leftBehindBy: number | null;
  /** Versions that it changed. */
  readonly changes: readonly { readonly what: string; readonly from: string; readonly to: string }[];
}

export const NO_CONTEXT: Context = { ranMs: null, leftBehindBy: null, changes: [] };

/**
 * Works out each line's context from an unbroken piece of the history. What lies outside of it is not known, and left out.
 *
 * @param lines newest first, without gaps
 */
export function contextsOf(lines: readonly LineFragment[]): Map<string, Context> {
  const contexts = new Map<string, Context>();
  let next: LineFragment | null = null;
  const rollbacks: { readonly by: number; readonly target: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const ran = line.status === "DEPLOYED";
    const left = ran ? rollbacks.find(({ by, target }) => line.number < by && line.number > target) : undefined;
    contexts.set(line.id, {
      ranMs:
        ran && next?.finishedAt != null && line.finishedAt != null
          ? Date.parse(next.finishedAt) - Date.parse(line.finishedAt)
          : null,
      leftBehindBy: left?.by ?? null,
      changes: changesOf(line, lines, index),
    });
    if (!ran) continue;
    next = line;
    if (line.rollbackFrom != null) rollbacks.push({ by: line.number, target: line.rollbackFrom.number });
  }
  return contexts;
}

function changesOf(line: LineFragment, lines: readonly LineFragment[], index: number): Context["changes"] {
  if (line.isRollback) return [];
  const before = lines.slice(index + 1).find(({ status }) => status === "DEPLOYED");
  if (before === undefined) return [];
  const changes = [
    { what: "Runtime", from: before.runtimeVersion, to: line.runtimeVersion },
    { what: "Airflow", from: before.airflowVersion, to: line.airflowVersion },
  ];
  return changes.flatMap(({ what, from, to }) =>
    from != null && to != null && from !== to ? [{ what, from, to }] : [],
  );
}
