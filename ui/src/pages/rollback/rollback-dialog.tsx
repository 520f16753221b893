import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { RollBackDocument, UndoRollbackDocument, type LineFragment, type RollBackMutationVariables } from "../../gql";
import { ask, RequestFailed } from "../../lib/ask";
import { planQuery, revisionQuery, type Head } from "../../lib/queries";
import { holdNote, isForward } from "../../lib/words";
import { ModalDialog } from "../../parts/modal";
import { Failed, Loading } from "../../parts/states";
import { newestOf } from "../deployment/deployment-context";
import { Decision } from "./decision";
import { blockersOf, wordsOf, type Order, type Undone } from "./order";
import type { Plan } from "./plan";
import { PlanView } from "./plan-view";
import { Progress } from "./progress";

interface RollbackDialogProps {
  readonly head: Head;
  readonly order: Order;
  /** The revision that was made, once it is confirmed. */
  readonly runId: string | undefined;
  readonly onRun: (id: string) => void;
  readonly onRetry: () => void;
  /** Opens the undoing of what was just done. */
  readonly onUndo: (rollbackId: string) => void;
  readonly onClose: () => void;
}

/** Sixteen random bytes as text. (`crypto.randomUUID` exists on secure origins only.) */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same confirmation sent again, such as after a lost connection, has the same key; another one has another. */
function useIdempotencyKey(): (input: object) => string {
  const last = useRef({ input: "", key: "" });
  return (input) => {
    const text = JSON.stringify(input);
    if (last.current.input !== text) last.current = { input: text, key: randomKey() };
    return last.current.key;
  };
}

/** First the plan and the decision, then the progress. */
export function RollbackDialog({ head, order, runId, onRun, onRetry, onUndo, onClose }: RollbackDialogProps) {
  const label = head.label ?? head.releaseName ?? "";
  if (runId !== undefined)
    return <Progress head={head} label={label} runId={runId} onRetry={onRetry} onUndo={onUndo} onClose={onClose} />;
  return <PlanDialog head={head} label={label} order={order} onRun={onRun} onClose={onClose} />;
}

/** Returns the rollback to undo, and the target of the plan, both as far as they are known. */
function useOrder(order: Order): {
  readonly undone: Undone | null;
  readonly target: string | null;
  readonly error: Error | null;
  readonly refetch: () => void;
} {
  const id = order.kind === "undo" ? order.rollbackId : "";
  const { data: rollback, error, refetch } = useQuery({ ...revisionQuery(id), enabled: order.kind === "undo" });
  if (order.kind === "rollback") return { undone: null, target: order.target, error: null, refetch: () => undefined };
  const isNone = rollback !== undefined && rollback.rolledBackId === null;
  return {
    undone: rollback ?? null,
    target: rollback?.rolledBackId ?? null,
    error: isNone ? new Error(`#${rollback.number} is no rollback, so there is nothing to undo.`) : error,
    refetch: () => void refetch(),
  };
}

interface Input {
  readonly plan: Plan;
  readonly description: string;
  readonly acknowledgeDataLoss: boolean;
  readonly quarantine: boolean;
}

/** Sends a rollback, or the undoing of one, and returns the revision that it made. */
function useConfirm(head: Head, undone: Undone | null): (input: Input) => Promise<LineFragment> {
  const keyFor = useIdempotencyKey();
  return async ({ plan, description, acknowledgeDataLoss, quarantine }) => {
    if (undone !== null) {
      const variables = { deployRevisionId: undone.id, description, acknowledgeDataLoss };
      return (await ask(UndoRollbackDocument, variables)).undoRollback;
    }
    const input: Omit<RollBackMutationVariables, "idempotencyKey"> = {
      deploymentUuid: head.id,
      deployRevisionId: plan.to.id,
      description,
      acknowledgeDataLoss,
      expectedCurrentRevisionId: plan.from.id,
      quarantine,
    };
    return (await ask(RollBackDocument, { ...input, idempotencyKey: keyFor(input) })).rollbackDeploy;
  };
}

interface PlanDialogProps extends Pick<RollbackDialogProps, "head" | "order" | "onRun" | "onClose"> {
  readonly label: string;
}

/** One dialog for all of it: a second one in its place would not know where the focus was before. */
function PlanDialog({ head, label, order, onRun, onClose }: PlanDialogProps) {
  const [reason, setReason] = useState("");
  const [acknowledged, setAcknowledged] = useState(false);
  /** Null before it was chosen. */
  const [hold, setHold] = useState<boolean | null>(null);
  const [overtaken, setOvertaken] = useState(false);
  const { undone, target, ...ordered } = useOrder(order);
  const send = useConfirm(head, undone);
  const {
    data: plan,
    error,
    refetch,
    isFetching,
  } = useQuery({ ...planQuery(head.id, target ?? ""), enabled: target !== null, refetchOnWindowFocus: false });

  const confirm = useMutation({
    mutationFn: send,
    onSuccess: ({ id }) => onRun(id),
    onError: (failure) => {
      const code = failure instanceof RequestFailed ? failure.code : "";
      setOvertaken(code === "CONFLICT" && undone === null);
      // What came after a rollback cannot be undone with it: another plan would not help.
      const isFinal = code === "CONFLICT" && undone !== null;
      if (code !== "UNREACHABLE" && code !== "UNAUTHENTICATED" && !isFinal) void refetch();
    },
  });

  if (plan === undefined) {
    const problem = ordered.error ?? error;
    return (
      <ModalDialog
        title={order.kind === "undo" ? `Undo a rollback of ${label}` : `Roll back ${label}`}
        size="wide"
        dismissable
        onClose={onClose}
      >
        <div className="body">
          {problem === null ? (
            <Loading what="the plan" />
          ) : (
            <Failed
              what="The plan"
              error={problem}
              onRetry={() => {
                ordered.refetch();
                if (target !== null) void refetch();
              }}
            />
          )}
        </div>
      </ModalDialog>
    );
  }
  const next = Math.max(newestOf(head)?.number ?? 0, plan.from.number, plan.to.number) + 1;
  const words = wordsOf(plan, undone, label, next);
  const blockers = blockersOf(plan, undone);
  const note = undone === null ? holdNote(plan.changes) : null;
  // Content that one goes forward from is seldom what is bad.
  const holds = note !== null && (hold ?? !isForward(plan.from, plan.to));
  return (
    <ModalDialog
      title={words.title}
      subtitle={words.subtitle}
      size="wide"
      dismissable={reason.trim() === ""}
      onClose={onClose}
    >
      <div className="cols">
        <PlanView plan={plan} blockers={blockers} releaseName={head.releaseName ?? ""} overtaken={overtaken} />
        <Decision
          plan={plan}
          blocked={blockers.length}
          words={words}
          reason={reason}
          onReason={setReason}
          acknowledged={acknowledged}
          onAcknowledge={setAcknowledged}
          holdNote={note}
          hold={holds}
          onHold={setHold}
          busy={confirm.isPending || (overtaken && isFetching)}
          problem={overtaken ? null : confirm.error}
          unreachable={
            undone === null
              ? "It may have arrived. To confirm again is safe: it will not be done twice."
              : "It may have arrived. To confirm again is safe: a rollback is undone once."
          }
          onCancel={onClose}
          onConfirm={() =>
            confirm.mutate({
              plan,
              description: reason.trim(),
              acknowledgeDataLoss: plan.database.losesData && acknowledged,
              quarantine: holds,
            })
          }
        />
      </div>
    </ModalDialog>
  );
}
