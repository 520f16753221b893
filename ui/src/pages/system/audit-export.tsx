import { useMutation } from "@tanstack/react-query";
import { AuditLinesDocument, type AuditLineFilter } from "../../gql-admin";
import { ask } from "../../lib/ask";
import { plural } from "../../lib/words";
import { Icon } from "../../parts/icon";

const PAGE = 100;
/** For more there is the export of the HTTP API, which is not held in memory. */
const MAX_LINES = 5_000;

async function linesOf(filter: AuditLineFilter | null): Promise<{ text: string; isCut: boolean }> {
  const lines: string[] = [];
  for (let after: string | null = null; ;) {
    const variables: { after: string | null; first: number; filter: AuditLineFilter | null } = {
      after,
      first: PAGE,
      filter,
    };
    const { auditLines } = await ask(AuditLinesDocument, variables);
    for (const line of auditLines.nodes) lines.push(JSON.stringify(line));
    after = auditLines.pageInfo.endCursor;
    const isCut = auditLines.pageInfo.hasNextPage && lines.length >= MAX_LINES;
    if (!auditLines.pageInfo.hasNextPage || after === null || isCut) return { text: `${lines.join("\n")}\n`, isCut };
  }
}

function save(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "audit.ndjson";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Saves the lines that match the filter, one JSON object a line. */
export function AuditExport({ filter }: { readonly filter: AuditLineFilter | null }) {
  const download = useMutation({
    mutationFn: () => linesOf(filter),
    onSuccess: ({ text }) => save(text),
  });
  return (
    <>
      <span role="status" className="quiet">
        {download.error !== null
          ? download.error.message
          : download.data?.isCut === true
            ? `The newest ${plural(MAX_LINES, "line")}; GET /v1/audit/export has all.`
            : ""}
      </span>
      <button type="button" className="btn sm" disabled={download.isPending} onClick={() => download.mutate()}>
        <Icon name="download" />
        {download.isPending ? "Exporting…" : "Export"}
      </button>
    </>
  );
}
