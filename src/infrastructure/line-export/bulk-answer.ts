import type { estypes } from "@elastic/elasticsearch";
import type { LineOutcome } from "./export-lines";

/**
 * Refusals with status 400 that the state of the cluster certainly causes: it is out of shards (as 7.x and later report
 * it, for a new index), or the index is closed. Such lines are sent again with the next sweep.
 */
const PASSING_REFUSALS: ReadonlySet<string> = new Set(["validation_exception", "index_closed_exception"]);

/**
 * Statuses whose cause may be the document, or the index: its mapping, its limits, its pipeline. 401, 403, 404, 429 and
 * 5xx all pass once the cluster is repaired.
 */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 413]);

/** The outcome of each line, by its position in the bulk request. */
export function outcomesOf<Line extends { readonly id: string }>(
  lines: readonly Line[],
  items: estypes.BulkResponse["items"] | undefined,
): LineOutcome<Line>[] {
  return lines.map((line, place) => outcomeOf(line, items?.[place]?.index));
}

function outcomeOf<Line extends { readonly id: string }>(
  line: Line,
  item: estypes.BulkResponseItem | undefined,
): LineOutcome<Line> {
  if (item === undefined || item._id !== line.id) {
    return { line, outcome: "retry", reason: "Elasticsearch did not say what became of the line" };
  }
  if (item.error === undefined && item.status < 300) return { line, outcome: "indexed" };

  const reason = `${item.status} ${describe(item.error)}`;
  const refused = REFUSAL_STATUSES.has(item.status) && !PASSING_REFUSALS.has(item.error?.type ?? "");
  return { line, outcome: refused ? "refused" : "retry", reason };
}

function describe(error: estypes.ErrorCause | undefined): string {
  if (error === undefined) return "without a reason";
  const cause = error.caused_by?.reason;
  return `${error.type}: ${error.reason ?? ""}${cause === undefined ? "" : ` (${cause})`}`;
}
