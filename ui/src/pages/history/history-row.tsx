import type { ReactNode } from "react";
import { between, duration } from "../../lib/time";
import type { Context } from "../../lib/neighbours";
import { imageTag, statusWords, titleOf } from "../../lib/words";
import { AllowedButton } from "../../parts/allowed-button";
import { HoldMark } from "../../parts/hold-mark";
import { Icon } from "../../parts/icon";
import { Pill, Status, Who } from "../../parts/status";
import { tipHandlers } from "../../parts/tip";
import { When } from "../../parts/when";
import type { HistoryLine } from "./use-history";

interface RowProps {
  readonly line: HistoryLine;
  readonly index: number;
  readonly context: Context;
  /** Px down to the line that it restored. */
  readonly arc: number | undefined;
  readonly isFocused: boolean;
  readonly isOpen: boolean;
  readonly details: ReactNode;
  readonly measure: (element: Element | null) => void;
  readonly onToggle: () => void;
  readonly onDeploy: () => void;
  /** Why the caller may not stop it while it is under way; null where they may. */
  readonly stopLack: string | null;
  readonly onStop: () => void;
}

function Arc({ height }: { readonly height: number }) {
  const end = height + 20;
  return (
    <svg className="arcs" aria-hidden="true">
      <path d={`M21 22 C 7 26, 7 ${end - 4}, 19 ${end}`} />
      <path className="tipp" d={`M24.5 ${end + 2} l-8 2.6 l1.6 -8 z`} />
    </svg>
  );
}

/** How long it took or ran, in words. */
function timesOf(line: HistoryLine, context: Context): string | null {
  const took = between(line.createdAt, line.finishedAt);
  if (line.status === "FAILED") return took === null ? null : `failed after ${took}`;
  if (line.status === "SUPERSEDED") return took === null ? null : `stopped after ${took}`;
  if (context.ranMs !== null) return `ran ${duration(context.ranMs)}`;
  return took === null || line.status !== "DEPLOYED" ? null : `took ${took}`;
}

function Act({ line, onDeploy, stopLack, onStop }: Pick<RowProps, "line" | "onDeploy" | "stopLack" | "onStop">) {
  if (line.status === "INITIALIZED")
    return (
      <AllowedButton lack={stopLack} label={`Stop… deploy #${line.number}`} onClick={onStop}>
        <Icon name={stopLack === null ? "circle-slash" : "lock"} />
        Stop…
      </AllowedButton>
    );
  if (line.isCurrent) return <span className="quiet">Runs now</span>;
  const { allowed, blockers } = line.rollback;
  if (allowed) {
    return (
      <button type="button" className="btn sm" aria-label={`Deploy… #${line.number} again`} onClick={onDeploy}>
        <Icon name="back" />
        Deploy…
      </button>
    );
  }
  const reasons = blockers.map(({ message, remedy }) => [message, remedy].filter(Boolean).join(" ")).join(" ");
  const tip = blockers.map(({ code, message, remedy }) => (
    <div key={code}>
      <p>
        <b>{message}</b>
      </p>
      {remedy == null ? null : <p>{remedy}</p>}
    </div>
  ));
  return (
    <button
      type="button"
      className="btn sm"
      aria-disabled="true"
      aria-label={`Deploy #${line.number} again: not possible. ${reasons}`}
      {...tipHandlers(tip)}
    >
      <Icon name="lock" />
      Deploy
    </button>
  );
}

export function HistoryRow(props: RowProps) {
  const { line, index, context, arc, isFocused, isOpen, details, measure, onToggle } = props;
  const times = timesOf(line, context);
  const classes = [line.isCurrent ? "now" : "", isFocused ? "focus" : "", context.leftBehindBy === null ? "" : "left"];
  return (
    <tr
      ref={measure}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      className={classes.filter((name) => name !== "").join(" ")}
    >
      <td role="cell" className="gut num">
        {arc === undefined ? null : <Arc height={arc} />}#{line.number}
      </td>
      <td role="cell" className="st-c">
        <Status words={statusWords(line)} />
      </td>
      <td role="cell" className="what-c">
        <button type="button" className="what" aria-expanded={isOpen} onClick={onToggle}>
          {titleOf(line)}
        </button>
        <div className="meta">
          {line.dagTarballVersion != null && line.type === "DAG_ONLY" ? (
            <span className="mono">DAGs {line.dagTarballVersion.slice(0, 19)}</span>
          ) : line.image == null ? null : (
            <span className="mono">{imageTag(line.image)}</span>
          )}
          {context.changes.map(({ what, from, to }) => (
            <span key={what} className="chg">
              {what} {from} <Icon name="arrow-right" label="to" /> {to}
            </span>
          ))}
          {line.isRollback ? (
            <Pill tone="roll" icon="back">
              {line.rollbackFrom == null ? "Rollback" : `Rollback to #${line.rollbackFrom.number}`}
            </Pill>
          ) : null}
          {line.quarantine == null ? null : <HoldMark hold={line.quarantine} />}
          {line.pinned ? (
            <Pill tone="accent" icon="pin">
              Pinned
            </Pill>
          ) : null}
          {context.leftBehindBy === null ? null : <Pill tone="mute">Left behind by #{context.leftBehindBy}</Pill>}
        </div>
        {line.statusReason == null || line.status === "DEPLOYED" ? null : (
          <p className={line.status === "FAILED" ? "why" : "why quiet"}>{line.statusReason}</p>
        )}
        {details}
      </td>
      <td role="cell" className="who-c">
        <Who actor={line.createdBy} />
      </td>
      <td role="cell" className="when">
        <When at={line.createdAt} />
        {times === null ? null : <small>{times}</small>}
      </td>
      <td role="cell" className="act">
        <Act {...props} />
      </td>
    </tr>
  );
}
