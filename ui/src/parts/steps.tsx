import type { ReactNode } from "react";
import type { RevisionDetailsQuery, RolloutStepStatus } from "../gql";
import type { IconName } from "../lib/icon-shapes";
import { nowStore } from "../lib/now";
import { useStore } from "../lib/store";
import { between, duration } from "../lib/time";
import { stepWords, type Tone } from "../lib/words";
import { Icon } from "./icon";

type Step = NonNullable<RevisionDetailsQuery["deployRevision"]>["steps"][number];

const LOOK: Readonly<
  Record<RolloutStepStatus, { readonly icon: IconName; readonly tone: Tone; readonly word: string }>
> = {
  RUNNING: { icon: "ring", tone: "info", word: "under way" },
  SUCCEEDED: { icon: "circle-check", tone: "good", word: "done" },
  FAILED: { icon: "circle-x", tone: "bad", word: "failed" },
  ABORTED: { icon: "circle-slash", tone: "mute", word: "called off" },
};

interface StepLineProps {
  readonly status: RolloutStepStatus;
  readonly title: string;
  readonly note?: ReactNode;
  readonly time?: ReactNode;
}

export function StepLine({ status, title, note, time }: StepLineProps) {
  const { icon, tone, word } = LOOK[status];
  return (
    <li className={tone}>
      <span className={`ic st ${tone}`}>
        <Icon name={icon} label={word} spin={status === "RUNNING"} />
      </span>
      <div>
        <b>{title}</b>
        {note == null ? null : <p>{note}</p>}
      </div>
      <span className="t num">{time}</span>
    </li>
  );
}

/** The steps of a rollout. `before` stands in front of them. */
export function Steps({ steps, before }: { readonly steps: readonly Step[]; readonly before?: ReactNode }) {
  const now = useStore(nowStore);
  return (
    <ol className="steps">
      {before}
      {steps.map(({ position, name, status, startedAt, finishedAt, message }) => (
        <StepLine
          key={position}
          status={status}
          title={stepWords(name)}
          note={message}
          time={between(startedAt, finishedAt) ?? `${duration(now - Date.parse(startedAt))} so far`}
        />
      ))}
    </ol>
  );
}
