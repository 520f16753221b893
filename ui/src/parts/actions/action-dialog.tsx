import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import { CancelDeployDocument, HoldRevisionDocument, LiftHoldDocument } from "../../gql";
import { ask } from "../../lib/ask";
import { askAnew } from "../../lib/use-live";
import { heldWords } from "../../lib/words";
import { Icon } from "../icon";
import { ModalDialog } from "../modal";
import { Problem } from "../problem";
import { lackOf, ReasonField } from "../reason-field";
import { When } from "../when";
import { actionStore, type Action } from "./action-store";

interface Words {
  readonly title: string;
  readonly subtitle: string;
  /** Null where no reason is asked for. */
  readonly question: string | null;
  readonly placeholder: string;
  readonly verb: string;
}

function wordsOf(action: Action): Words {
  switch (action.kind) {
    case "stop":
      return {
        title: `Stop deploy #${action.number} of ${action.label}`,
        subtitle: "What ran before goes on running. The deploy stays in the history as superseded.",
        question: "Why do you stop it?",
        placeholder: "One sentence: what is wrong with it",
        verb: `Stop #${action.number}`,
      };
    case "hold":
      return {
        title: `Put #${action.number} of ${action.label} on hold`,
        subtitle:
          "Deploys of what it has brought are refused until somebody lifts the hold. What runs goes on running.",
        question: "Why must it not be deployed again?",
        placeholder: "One sentence: what is wrong with it",
        verb: `Hold #${action.number}`,
      };
    case "lift":
      return {
        title: `Lift a hold of ${action.label}`,
        subtitle: `${heldWords(action.hold)} can be deployed again.`,
        question: null,
        placeholder: "",
        verb: "Lift the hold",
      };
  }
}

function send(action: Action, reason: string): Promise<unknown> {
  switch (action.kind) {
    case "stop":
      return ask(CancelDeployDocument, { deployRevisionId: action.id, description: reason });
    case "hold":
      return ask(HoldRevisionDocument, { deployRevisionId: action.id, reason });
    case "lift":
      return ask(LiftHoldDocument, { quarantineId: action.hold.id });
  }
}

interface ActionDialogProps {
  readonly action: Action;
  readonly deploymentUuid: string;
  readonly releaseName: string;
}

/** Asks before a deploy is stopped or held, or a hold is lifted. */
export function ActionDialog({ action, deploymentUuid, releaseName }: ActionDialogProps) {
  const [reason, setReason] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const queryClient = useQueryClient();
  const words = wordsOf(action);
  const close = (): void => actionStore.set(null);
  const change = useMutation({
    mutationFn: () => send(action, reason.trim()),
    onSuccess: close,
    // A refusal, too, may mean that it has changed meanwhile.
    onSettled: () => void askAnew(queryClient, deploymentUuid, releaseName),
  });
  const lack = words.question === null ? null : lackOf(reason);
  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    if (lack !== null) field.current?.focus();
    else if (!change.isPending) change.mutate();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  return (
    <ModalDialog title={words.title} subtitle={words.subtitle} size="small" onClose={close}>
      <form className="body" onSubmit={submit} onKeyDown={onKey}>
        {words.question === null ? null : (
          <ReasonField
            label={words.question}
            placeholder={words.placeholder}
            value={reason}
            onChange={setReason}
            autoFocus
            field={field}
          />
        )}
        {action.kind === "lift" ? (
          <p className="soft">
            {action.hold.createdBy.label} put it on hold <When at={action.hold.createdAt} />: “{action.hold.reason}”
          </p>
        ) : null}
        <div role="alert">
          {change.error === null ? null : (
            <Problem problem={change.error} unreachable="It may have arrived. Look at the page before you try again." />
          )}
        </div>
        <div className="answers">
          <button type="button" className="btn" onClick={close}>
            Cancel
          </button>
          <button
            type="submit"
            className="btn primary"
            autoFocus={words.question === null}
            aria-disabled={lack !== null || change.isPending}
          >
            {change.isPending ? <Icon name="ring" spin /> : null}
            {words.verb}
          </button>
        </div>
      </form>
    </ModalDialog>
  );
}
