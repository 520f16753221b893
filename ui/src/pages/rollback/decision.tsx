import { useRef, type KeyboardEvent, type ReactNode, type SubmitEvent } from "react";
import { Checkbox } from "react-aria-components";
import { RequestFailed } from "../../lib/ask";
import { connectionStore } from "../../lib/socket";
import { useStore } from "../../lib/store";
import { isForward, rollbackVerb } from "../../lib/words";
import { Icon } from "../../parts/icon";
import type { Plan } from "./plan";

const MAX_REASON = 500;

/** Below this width the decision stands under the plan; to focus it would scroll the plan away. */
const hasRoom = (): boolean => matchMedia("(min-width: 901px)").matches;

interface DecisionProps {
  readonly plan: Plan;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly acknowledged: boolean;
  readonly onAcknowledge: (acknowledged: boolean) => void;
  readonly busy: boolean;
  /** Why the last confirmation was refused. */
  readonly problem: Error | null;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

/** What has to be said and ticked, and the button: the right column, which never leaves the screen. */
export function Decision(props: DecisionProps) {
  const { plan, reason, onReason, acknowledged, onAcknowledge, busy, problem, onCancel, onConfirm } = props;
  const form = useRef<HTMLFormElement>(null);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const { losesData } = plan.database;
  const forward = isForward(plan.from, plan.to);

  if (!plan.allowed) {
    return (
      <div className="decide">
        <p className="soft">
          #{plan.to.number} cannot be deployed again now. The reasons stand {plan.blockers.length > 1 ? "all " : ""}in
          the plan.
        </p>
        <div className="go">
          <button type="button" className="btn lg" autoFocus onClick={onCancel}>
            Choose another
          </button>
        </div>
      </div>
    );
  }

  const lacksReason = reason.trim() === "";
  const lacksTick = losesData && !acknowledged;
  const tooLong = reason.trim().length > MAX_REASON;
  const ready = !lacksReason && !lacksTick && !tooLong && !busy;

  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    if (ready) onConfirm();
    else if (lacksReason || tooLong) reasonField.current?.focus();
    else if (lacksTick) form.current?.querySelector<HTMLInputElement>("input[type=checkbox]")?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };

  return (
    <form className="decide" ref={form} onSubmit={submit} onKeyDown={onKey}>
      <div>
        <label className="top-l" htmlFor="why">
          {forward ? "Why are you deploying it again?" : "Why are you rolling back?"}
        </label>
        <textarea
          id="why"
          ref={reasonField}
          rows={3}
          autoFocus={hasRoom()}
          aria-required="true"
          aria-describedby="why-length"
          placeholder="One sentence: what broke, since when"
          value={reason}
          onChange={({ target }) => onReason(target.value)}
        />
        <p id="why-length" className={tooLong ? "hint too-long" : "quiet hint"}>
          {reason.trim().length} of {MAX_REASON}
        </p>
      </div>
      {losesData ? (
        <Checkbox className={acknowledged ? "box" : "box must"} isSelected={acknowledged} onChange={onAcknowledge}>
          {({ isSelected }) => (
            <>
              <span className={isSelected ? "tick on" : "tick"}>
                <Icon name="check" />
              </span>
              <span>
                <b>I know that data is erased for good</b>
                <span className="box-note">The database goes back to an older version.</span>
              </span>
            </>
          )}
        </Checkbox>
      ) : null}
      <div role="alert">{problem === null ? null : <Problem problem={problem} />}</div>
      <div className="go">
        <Need lacksReason={lacksReason} lacksTick={lacksTick} tooLong={tooLong} />
        <button
          type="submit"
          className={losesData ? "btn danger lg" : "btn primary lg"}
          aria-disabled={!ready}
          aria-describedby="still-needed"
        >
          <Icon name={busy ? "ring" : forward ? "forward" : "back"} spin={busy} />
          {busy ? "Sending…" : rollbackVerb(plan.from, plan.to)}
        </button>
        <button type="button" className="btn lg" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface NeedProps {
  readonly lacksReason: boolean;
  readonly lacksTick: boolean;
  readonly tooLong: boolean;
}

function Need({ lacksReason, lacksTick, tooLong }: NeedProps): ReactNode {
  const connection = useStore(connectionStore);
  const needed = [
    lacksReason ? "a reason" : "",
    tooLong ? `a reason of at most ${MAX_REASON} characters` : "",
    lacksTick ? "the tick" : "",
  ].filter((text) => text !== "");
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

function Problem({ problem }: { readonly problem: Error }) {
  const { issues, code } = problem instanceof RequestFailed ? problem : { issues: [], code: "UNKNOWN" };
  if (code === "UNAUTHENTICATED") return null;
  return (
    <div className="note bad">
      <Icon name="circle-x" />
      <div>
        {issues.length === 0 ? (
          <p>
            <b>{code === "UNREACHABLE" ? "No answer." : "Refused."}</b> {problem.message}
          </p>
        ) : (
          issues.map(({ code: reason, message, remedy }) => (
            <p key={reason}>
              <b>{message}</b> {remedy}
            </p>
          ))
        )}
        {code === "UNREACHABLE" ? (
          <p className="soft">It may have arrived. To confirm again is safe: it will not be done twice.</p>
        ) : null}
      </div>
    </div>
  );
}
