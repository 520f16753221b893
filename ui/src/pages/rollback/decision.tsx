import { useRef, type KeyboardEvent, type SubmitEvent } from "react";
import { connectionStore } from "../../lib/socket";
import { useStore } from "../../lib/store";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { lackOf, ReasonField } from "../../parts/reason-field";
import type { OrderWords } from "./order";
import type { Plan } from "./plan";
import { TickBox } from "./tick-box";

/** Below this width the decision stands under the plan; to focus it would scroll the plan away. */
const hasRoom = (): boolean => matchMedia("(min-width: 901px)").matches;

interface DecisionProps {
  readonly plan: Plan;
  /** How many reasons stand against it. */
  readonly blocked: number;
  readonly words: OrderWords;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly acknowledged: boolean;
  readonly onAcknowledge: (acknowledged: boolean) => void;
  /** What a hold would refuse, in words; null where none can be made. */
  readonly holdNote: string | null;
  readonly hold: boolean;
  readonly onHold: (hold: boolean) => void;
  readonly busy: boolean;
  /** Why the last confirmation was refused. */
  readonly problem: Error | null;
  /** What to do where the confirmation was not answered. */
  readonly unreachable: string;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

/** What has to be said and ticked, and the button: the right column, which never leaves the screen. */
export function Decision(props: DecisionProps) {
  const { plan, blocked, words, reason, acknowledged, holdNote, busy, problem, onCancel, onConfirm } = props;
  const form = useRef<HTMLFormElement>(null);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const { losesData } = plan.database;

  if (blocked > 0) {
    return (
      <div className="decide">
        <p className="soft">
          #{plan.to.number} cannot be deployed again now. The reasons stand {blocked > 1 ? "all " : ""}in the plan.
        </p>
        <div role="alert">
          {problem === null ? null : <Problem problem={problem} unreachable={props.unreachable} />}
        </div>
        <div className="go">
          <button type="button" className="btn lg" autoFocus onClick={onCancel}>
            Choose another
          </button>
        </div>
      </div>
    );
  }

  const lack = lackOf(reason);
  const lacksTick = losesData && !acknowledged;
  const ready = lack === null && !lacksTick && !busy;

  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    if (ready) onConfirm();
    else if (lack !== null) reasonField.current?.focus();
    else if (lacksTick) form.current?.querySelector<HTMLInputElement>("input[type=checkbox]")?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };

  return (
    <form className="decide" ref={form} onSubmit={submit} onKeyDown={onKey}>
      <ReasonField
        label={words.question}
        placeholder={words.placeholder}
        value={reason}
        onChange={props.onReason}
        autoFocus={hasRoom()}
        field={reasonField}
      />
      {losesData ? (
        <TickBox
          title="I know that data is erased for good"
          note="The database goes back to an older version."
          isMissing={!acknowledged}
          isSelected={acknowledged}
          onChange={props.onAcknowledge}
        />
      ) : null}
      {holdNote === null ? null : (
        <TickBox title={`Hold #${plan.from.number}`} note={holdNote} isSelected={props.hold} onChange={props.onHold} />
      )}
      <div role="alert">{problem === null ? null : <Problem problem={problem} unreachable={props.unreachable} />}</div>
      <div className="go">
        <Need needed={[lack, lacksTick ? "the tick" : null].filter((text) => text !== null)} />
        <button
          type="submit"
          className={losesData ? "btn danger lg" : "btn primary lg"}
          aria-disabled={!ready}
          aria-describedby="still-needed"
        >
          <Icon name={busy ? "ring" : words.icon} spin={busy} />
          {busy ? "Sending…" : words.verb}
        </button>
        <button type="button" className="btn lg" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Need({ needed }: { readonly needed: readonly string[] }) {
  const connection = useStore(connectionStore);
  const text =
    needed.length > 0
      ? `Still needed: ${needed.join(" and ")}`
      : connection.state === "lost"
        ? "No live connection: this may fail"
        : hasRoom()
          ? "Ctrl-Enter confirms as well"
          : "Ready";
  return (
    <p className="need" id="still-needed" role="status">
      <Icon name="info" />
      {text}
    </p>
  );
}
