import type { Deployment } from "../../deployments/domain";
import { DEPLOY_ROLLBACK, type NewLogLine } from "../../logs/domain";
import type { AuditObject } from "../../../kernel/audit-entry";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import type { ContentQuarantined } from "./content-quarantined";
import { heldImageReference, heldLabel, type Hold } from "./hold";

type Located = Pick<Deployment, "id" | "workspaceId" | "releaseName">;

export type HoldEvent =
  | { readonly event: "quarantined" }
  | { readonly event: "quarantine_lifted" }
  /** `trigger`: how the content was to be deployed. */
  | { readonly event: "deploy_refused"; readonly error: ContentQuarantined; readonly trigger: string };

/** What happens to a hold, or because of it, as a line of the Deployment's log. */
export function holdLogLine(
  { id, workspaceId, releaseName }: Located,
  hold: Hold,
  { what, by, at }: { readonly what: HoldEvent; readonly by: Actor; readonly at: Instant },
): NewLogLine {
  return {
    deploymentId: id,
    workspaceId,
    releaseName,
    component: DEPLOY_ROLLBACK,
    message: messageOf(hold, what, by),
    fields: {
      event: what.event,
      quarantineId: hold.id,
      revisionId: hold.revisionId,
      revisionNumber: hold.revisionNumber,
      reason: hold.reason,
      image: heldImageReference(hold),
      dagBundleSha256: hold.dagBundleSha256,
      actorId: by.id,
      actorType: by.type,
      actorLabel: by.label,
      ...(what.event === "deploy_refused" && { trigger: what.trigger }),
    },
    createdAt: at,
  };
}

function messageOf(hold: Hold, what: HoldEvent, { label }: Actor): string {
  switch (what.event) {
    case "quarantined":
      return `${label} quarantines ${heldLabel(hold)} (revision ${hold.revisionNumber}): ${hold.reason}`;
    case "quarantine_lifted":
      return `${label} lifts the quarantine of ${heldLabel(hold)} (revision ${hold.revisionNumber})`;
    case "deploy_refused":
      return `A deploy by ${label} is refused: ${what.error.message}`;
  }
}

/** The revision that a hold was put on, as the audit trail names it. */
export const auditedHold = (
  { revisionId, revisionNumber }: Pick<Hold, "revisionId" | "revisionNumber">,
  deployment: Pick<Deployment, "id" | "workspaceId" | "label">,
): AuditObject => ({
  type: "deploy_revision",
  id: revisionId,
  label: `${deployment.label} #${revisionNumber}`,
  workspaceId: deployment.workspaceId,
  deploymentId: deployment.id,
});
