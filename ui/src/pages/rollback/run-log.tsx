import { useQuery } from "@tanstack/react-query";
import { LogsDocument } from "../../gql";
import { ask } from "../../lib/ask";
import { Clock } from "../../parts/when";
import type { Run } from "./run";

const LOG_POLL_MS = 2_000;
/** The last log lines are written beside the final status. */
const LOG_AFTER_MS = 5_000;

/** The log lines of one deploy, while it is under way and a little longer. */
export function RunLog({ deploymentUuid, run }: { readonly deploymentUuid: string; readonly run: Run }) {
  const isFinal = run.status !== "INITIALIZED";
  const search = `Revision ${run.number}`;
  const { data: lines = [] } = useQuery({
    queryKey: ["revision-log", run.id],
    queryFn: async ({ signal }) =>
      (await ask(LogsDocument, { deploymentUuid, component: null, search, timestamp: run.createdAt }, signal)).logs ??
      [],
    refetchInterval: () => {
      const over = isFinal && Date.now() - Date.parse(run.finishedAt ?? run.updatedAt) > LOG_AFTER_MS;
      return over ? false : LOG_POLL_MS;
    },
    select: (found) => found.filter(({ message }) => new RegExp(`\\b${search}\\b`).test(message ?? "")),
  });
  if (lines.length === 0) return null;
  return (
    <div className="log" tabIndex={0} role="log" aria-label="Log">
      {lines.map(({ id, message, timestamp }) => (
        <div key={id}>
          {timestamp == null ? null : <Clock at={timestamp} />}
          {message}
        </div>
      ))}
    </div>
  );
}
