import { useMutation, useQueryClient } from "@tanstack/react-query";
import { PinRevisionDocument } from "../../gql";
import { ask } from "../../lib/ask";
import type { Head } from "../../lib/queries";
import { askAnew } from "../../lib/use-live";
import { openAction } from "../../parts/actions/action-store";
import { AllowedButton, lackOfPermission } from "../../parts/allowed-button";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { newestOf } from "../deployment/deployment-context";
import type { HistoryLine } from "./use-history";

interface LineActionsProps {
  readonly line: HistoryLine;
  readonly head: Head;
  readonly onUndo: () => void;
}

/** What can be done to one deploy besides deploying it again. */
export function LineActions({ line, head, onUndo }: LineActionsProps) {
  const queryClient = useQueryClient();
  const label = head.label ?? head.releaseName ?? "";
  const { permissions } = head;
  const changeLack = lackOfPermission(permissions, "deployment.config.update");
  const pushLack = lackOfPermission(permissions, "deployment.images.push");
  const pin = useMutation({
    mutationFn: (pinned: boolean) => ask(PinRevisionDocument, { deployRevisionId: line.id, pinned }),
    onSettled: () => askAnew(queryClient, head.id, head.releaseName ?? ""),
  });
  const pinned = pin.isPending ? pin.variables : line.pinned;
  const { quarantine } = line;
  const undoable = line.isRollback && line.status === "DEPLOYED" && newestOf(head)?.id === line.id;
  return (
    <>
      <p className="detail-links">
        {undoable ? (
          <AllowedButton lack={pushLack} onClick={onUndo}>
            <Icon name="forward" />
            Undo this rollback…
          </AllowedButton>
        ) : null}
        <AllowedButton lack={changeLack} onClick={() => pin.mutate(!pinned)}>
          <Icon name="pin" />
          {pinned ? "Unpin" : "Pin: keep it, however old"}
        </AllowedButton>
        {quarantine == null ? (
          <AllowedButton
            lack={pushLack}
            onClick={() => openAction({ kind: "hold", id: line.id, number: line.number, label })}
          >
            <Icon name="hand" />
            Put on hold…
          </AllowedButton>
        ) : (
          <AllowedButton lack={changeLack} onClick={() => openAction({ kind: "lift", hold: quarantine, label })}>
            <Icon name="hand" />
            Lift the hold…
          </AllowedButton>
        )}
      </p>
      {pin.error === null ? null : (
        <div role="alert">
          <Problem problem={pin.error} unreachable="Look at the mark, then try again." />
        </div>
      )}
    </>
  );
}
