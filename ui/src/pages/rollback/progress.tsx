import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { revisionQuery, type Head } from "../../lib/queries";
import { between, clock } from "../../lib/time";
import { heldWords, isCancelled, isForward, summaryOf } from "../../lib/words";
import { openAction } from "../../parts/actions/action-store";
import { CopyButton } from "../../parts/copy-button";
import { Icon } from "../../parts/icon";
import { ModalDialog } from "../../parts/modal";
import { Live } from "../../parts/shell/live";
import { Failed, Loading } from "../../parts/states";
import { StepLine, Steps } from "../../parts/steps";
import { Clock } from "../../parts/when";
import { newestOf } from "../deployment/deployment-context";
import { liftedBy } from "./order";
import { Outcome } from "./outcome";
import type { Run } from "./run";
import { RunLog } from "./run-log";

const POLL_MS = 1_000;

interface ProgressProps {
  readonly head: Head;
  readonly label: string;
  readonly runId: string;
  readonly onRetry: () => void;
  readonly onUndo: (rollbackId: string) => void;
  readonly onClose: () => void;
}

/** Follows the revision that a rollback has made until it is final. */
export function Progress({ head, label, runId, onRetry, onUndo, onClose }: ProgressProps) {
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
  return <Followed head={head} label={label} run={run} onRetry={onRetry} onUndo={onUndo} onClose={onClose} />;
}

interface FollowedProps extends Omit<ProgressProps, "runId"> {
  readonly run: Run;
}

function Followed({ head, label, run, onRetry, onUndo, onClose }: FollowedProps) {
  const origin = run.rollbackFrom?.number;
  const content = origin === undefined ? "an earlier deploy" : `#${origin}`;
  const previous = useQuery({ ...revisionQuery(run.rolledBackId ?? ""), enabled: run.rolledBackId != null }).data;
  const from = previous?.number;
  const forward = previous !== undefined && isForward(previous, run);
  const { status } = run;
  const took = between(run.createdAt, run.finishedAt);
  const held = liftedBy(run, previous?.quarantine);
  const isNewest = newestOf(head)?.id === run.id;

  const title = {
    INITIALIZED: forward ? `Deploying ${content} again` : `Rolling back ${label} to ${content}`,
    DEPLOYED: `${label} runs #${run.number}`,
    FAILED: forward ? `${content} could not be deployed` : `${label} could not be rolled back`,
    SUPERSEDED: isCancelled(run) ? `Deploy #${run.number} was stopped` : `Another deploy came first`,
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
        <Outcome running={head.currentRevision?.number} run={run} took={took} forward={forward} />
        {held === null ? null : (
          <div className="note warn">
            <Icon name="hand" />
            <div>
              <p>
                <b>#{from} is on hold.</b> {heldWords(held)} must not be deployed again until somebody lifts the hold.
              </p>
            </div>
          </div>
        )}
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
        <RunLog deploymentUuid={head.id} run={run} />
      </div>
      <footer>
        {status === "INITIALIZED" ? (
          <>
            <span className="need">
              <Live />
            </span>
            <button
              type="button"
              className="btn"
              onClick={() => openAction({ kind: "stop", id: run.id, number: run.number, label })}
            >
              Stop it…
            </button>
            <button type="button" className="btn primary" onClick={onClose}>
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
            {isNewest && run.rolledBackId != null ? (
              <button type="button" className="btn" onClick={() => onUndo(run.id)}>
                <Icon name="forward" />
                {forward ? "Undo…" : "Undo this rollback…"}
              </button>
            ) : null}
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
