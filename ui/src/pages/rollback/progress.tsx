import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LogsDocument, type RevisionDetailsQuery } from "../../gql";
import { ask } from "../../lib/ask";
import { revisionQuery, type Head } from "../../lib/queries";
import { between, clock } from "../../lib/time";
import { isForward, summaryOf } from "../../lib/words";
import { CopyButton } from "../../parts/copy-button";
import { Icon } from "../../parts/icon";
import { ModalDialog } from "../../parts/modal";
import { Live } from "../../parts/shell/live";
import { Failed, Loading } from "../../parts/states";
import { StepLine, Steps } from "../../parts/steps";
import { Clock } from "../../parts/when";

const POLL_MS = 1_000;
const LOG_POLL_MS = 2_000;
/** The last log lines are written beside the final status. */
const LOG_AFTER_MS = 5_000;

interface ProgressProps {
  readonly head: Head;
  readonly label: string;
  readonly runId: string;
  readonly onRetry: () => void;
  readonly onClose: () => void;
}

type Run = NonNullable<RevisionDetailsQuery["deployRevision"]>;

/** Follows the revision that a rollback has made until it is final. */
export function Progress({ head, label, runId, onRetry, onClose }: ProgressProps) {
  const {
    data: run,
    error,
    refetch,
  } = useQuery({
    ...revisionQuery(runId),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === "INITIALIZED" ? POLL_MS : false),
  });
  if (run === undefined) {
    return (
      <ModalDialog title={`Rolling back ${label}`} size="medium" onClose={onClose}>
        <div className="body">
          {error === null ? (
            <Loading what="the progress" />
          ) : (
            <Failed what="The progress" error={error} onRetry={() => void refetch()} />
          )}
        </div>
      </ModalDialog>
    );
  }
  return <Run head={head} label={label} run={run} onRetry={onRetry} onClose={onClose} />;
}

interface RunProps extends Omit<ProgressProps, "runId"> {
  readonly run: Run;
}

function Run({ head, label, run, onRetry, onClose }: RunProps) {
  const origin = run.rollbackFrom?.number;
  const content = origin === undefined ? "an earlier deploy" : `#${origin}`;
  const previous = useQuery({ ...revisionQuery(run.rolledBackId ?? ""), enabled: run.rolledBackId != null }).data;
  const from = previous?.number;
  const forward = previous !== undefined && isForward(previous, run);
  const { status } = run;
  const took = between(run.createdAt, run.finishedAt);

  const title = {
    INITIALIZED: forward ? `Deploying ${content} again` : `Rolling back ${label} to ${content}`,
    DEPLOYED: `${label} runs #${run.number}`,
    FAILED: forward ? `${content} could not be deployed` : `${label} could not be rolled back`,
    SUPERSEDED: `Another deploy came first`,
  }[status];
  const subtitle = {
    INITIALIZED: `Deploy #${run.number} · you can close this window; it goes on.`,
    DEPLOYED: `From ${from === undefined ? "what ran" : `#${from}`} to the content of ${content}.`,
    FAILED: `Deploy #${run.number}, the content of ${content}.`,
    SUPERSEDED: `Deploy #${run.number}, the content of ${content}.`,
  }[status];

  return (
    <ModalDialog title={title} subtitle={subtitle} size="medium" dismissable onClose={onClose}>
      <div className="body">
        <Outcome head={head} run={run} took={took} forward={forward} />
        <Steps
          steps={run.steps}
          before={
            <StepLine
              status="SUCCEEDED"
              title="Accepted"
              note={`By ${run.createdBy.label}: “${run.description ?? ""}”`}
              time={<Clock at={run.createdAt} />}
            />
          }
        />
        <Log deploymentUuid={head.id} run={run} />
      </div>
      <footer>
        {status === "INITIALIZED" ? (
          <>
            <span className="need">
              <Live />
            </span>
            <button type="button" className="btn" onClick={onClose}>
              Close, keep going
            </button>
          </>
        ) : null}
        {status === "DEPLOYED" ? (
          <>
            <CopyButton
              className="btn quiet first"
              label="Copy summary for the incident"
              text={summaryOf({
                label,
                from: from ?? run.number - 1,
                to: origin ?? run.number,
                number: run.number,
                at: clock(run.finishedAt ?? run.updatedAt, "utc").slice(0, 5),
                took: took ?? "",
                reason: run.description ?? "",
                by: run.createdBy.label,
                link: new URL(`${location.pathname}?open=${run.id}`, location.href).href,
              })}
            />
            <button type="button" className="btn primary" autoFocus onClick={onClose}>
              Done
            </button>
          </>
        ) : null}
        {status === "FAILED" || status === "SUPERSEDED" ? (
          <>
            <Link
              className="btn quiet first"
              to="/deployments/$releaseName/logs"
              params={{ releaseName: head.releaseName ?? "" }}
              search={{ q: `Revision ${run.number}` }}
            >
              View log
            </Link>
            <button type="button" className="btn" onClick={onClose}>
              Choose another
            </button>
            <button type="button" className="btn primary" onClick={onRetry}>
              {status === "FAILED" ? "Try again" : "See the new plan"}
            </button>
          </>
        ) : null}
      </footer>
    </ModalDialog>
  );
}

interface OutcomeProps {
  readonly head: Head;
  readonly run: Run;
  readonly took: string | null;
  readonly forward: boolean;
}

/** One final state that cannot be taken for another; what still runs after a failure. */
function Outcome({ head, run, took, forward }: OutcomeProps): ReactNode {
  const running = head.currentRevision?.number;
  switch (run.status) {
    case "INITIALIZED":
      return run.statusReason == null ? null : (
        <div className="note info" role="status">
          <Icon name="info" />
          <div>
            <p>{run.statusReason}</p>
          </div>
        </div>
      );
    case "DEPLOYED":
      return (
        <div className="final" role="status">
          <Icon name="circle-check" />
          <div>
            <h3>{forward ? "Deployed again" : "Rolled back"}</h3>
            <p>
              #{run.number} runs since <Clock at={run.finishedAt ?? run.updatedAt} />
              {took === null ? "" : `, ${took} after it was confirmed`}.
            </p>
          </div>
        </div>
      );
    case "FAILED":
      return (
        <div className="final bad" role="alert">
          <Icon name="circle-x" />
          <div>
            <h3>It failed{running === undefined ? "." : `; #${running} still runs.`}</h3>
            <p>{run.statusReason}</p>
          </div>
        </div>
      );
    case "SUPERSEDED":
      return (
        <div className="final mute" role="alert">
          <Icon name="circle-slash" />
          <div>
            <h3>#{run.number + 1} came before it was finished.</h3>
            <p>{run.statusReason}</p>
          </div>
        </div>
      );
  }
}

function Log({ deploymentUuid, run }: { readonly deploymentUuid: string; readonly run: Run }) {
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
