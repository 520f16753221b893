import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { RollBackDocument, type RollBackMutationVariables } from "../../gql";
import { ask, RequestFailed } from "../../lib/ask";
import { planQuery, type Head } from "../../lib/queries";
import { rollbackTitle } from "../../lib/words";
import { ModalDialog } from "../../parts/modal";
import { Failed, Loading } from "../../parts/states";
import { newestOf } from "../deployment/deployment-context";
import { Decision } from "./decision";
import { PlanView } from "./plan-view";
import { Progress } from "./progress";

interface RollbackDialogProps {
  readonly head: Head;
  readonly targetId: string;
  /** The revision that was made, once it is confirmed. */
  readonly runId: string | undefined;
  readonly onRun: (id: string) => void;
  readonly onRetry: () => void;
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
export function RollbackDialog({ head, targetId, runId, onRun, onRetry, onClose }: RollbackDialogProps) {
  const [reason, setReason] = useState("");
  const [acknowledged, setAcknowledged] = useState(false);
  const [overtaken, setOvertaken] = useState(false);
  const keyFor = useIdempotencyKey();
  const label = head.label ?? head.releaseName ?? "";
  const {
    data: plan,
    error,
    refetch,
    isFetching,
  } = useQuery({
    ...planQuery(head.id, targetId),
    enabled: runId === undefined,
    refetchOnWindowFocus: false,
  });

  const confirm = useMutation({
    mutationFn: (input: Omit<RollBackMutationVariables, "idempotencyKey">) =>
      ask(RollBackDocument, { ...input, idempotencyKey: keyFor(input) }),
    onSuccess: ({ rollbackDeploy }) => onRun(rollbackDeploy.id),
    onError: (failure) => {
      const code = failure instanceof RequestFailed ? failure.code : "";
      setOvertaken(code === "CONFLICT");
      if (code !== "UNREACHABLE" && code !== "UNAUTHENTICATED") void refetch();
    },
  });

  if (runId !== undefined) {
    return <Progress head={head} label={label} runId={runId} onRetry={onRetry} onClose={onClose} />;
  }
  if (plan === undefined) {
    return (
      <ModalDialog title={`Roll back ${label}`} size="wide" dismissable onClose={onClose}>
        <div className="body">
          {error === null ? (
            <Loading what="the plan" />
          ) : (
            <Failed what="The plan" error={error} onRetry={() => void refetch()} />
          )}
        </div>
      </ModalDialog>
    );
  }
  const next = Math.max(newestOf(head)?.number ?? 0, plan.from.number, plan.to.number) + 1;
  return (
    <ModalDialog
      title={rollbackTitle(label, plan.from, plan.to)}
      subtitle={`Makes deploy #${next} out of #${plan.to.number} and rolls it out. Nothing is taken out of the history.`}
      size="wide"
      dismissable={reason.trim() === ""}
      onClose={onClose}
    >
      <div className="cols">
        <PlanView plan={plan} releaseName={head.releaseName ?? ""} overtaken={overtaken} />
        <Decision
          plan={plan}
          reason={reason}
          onReason={setReason}
          acknowledged={acknowledged}
          onAcknowledge={setAcknowledged}
          busy={confirm.isPending || (overtaken && isFetching)}
          problem={overtaken ? null : confirm.error}
          onCancel={onClose}
          onConfirm={() =>
            confirm.mutate({
              deploymentUuid: head.id,
              deployRevisionId: plan.to.id,
              description: reason.trim(),
              acknowledgeDataLoss: plan.database.losesData && acknowledged,
              expectedCurrentRevisionId: plan.from.id,
            })
          }
        />
      </div>
    </ModalDialog>
  );
}
