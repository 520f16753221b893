import type { Deployment } from "../../deployments";
import { LimitReached } from "../../../kernel/errors";
import { newId } from "../../../kernel/ids";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import type { HeldContent, Hold } from "../domain/hold";
import { auditedHold, holdLogLine } from "../domain/hold-log";
import type { HoldSettings, HoldStores } from "./ports";

export interface NewHold {
  readonly deployment: Deployment;
  /** All holds of the Deployment before this one. */
  readonly holds: readonly Hold[];
  readonly content: HeldContent;
  readonly revision: { readonly id: string; readonly number: number };
  /** The rollback that makes the hold, if one does. */
  readonly rollbackId: string | null;
  readonly reason: string;
  readonly by: Actor;
  readonly at: Instant;
}

/**
 * Puts content on hold, in a transaction that holds the Deployment's lock.
 * @throws LimitReached
 */
export async function putOnHold(
  stores: HoldStores,
  { deployment, holds, content, revision, rollbackId, reason, by, at }: NewHold,
  { maxHolds }: Pick<HoldSettings, "maxHolds">,
): Promise<Hold> {
  if (holds.length >= maxHolds)
    throw new LimitReached(
      "This Deployment has as many quarantines as it may; lift some",
      maxHolds,
      "quarantinesPerDeployment",
    );
  const { imageRepository, imageTag, imageDigest, dagBundleSha256 } = content;
  const hold: Hold = {
    id: newId(),
    deploymentId: deployment.id,
    revisionId: revision.id,
    revisionNumber: revision.number,
    rollbackId,
    imageRepository,
    imageTag,
    imageDigest,
    dagBundleSha256,
    reason,
    actorId: by.id,
    actorType: by.type,
    actorLabel: by.label,
    createdAt: at,
  };
  await Promise.all([
    stores.holds.add(hold),
    stores.logs.add([holdLogLine(deployment, hold, { what: { event: "quarantined" }, by, at })]),
    stores.audit.add({
      actor: by,
      action: "deploy_revision.quarantine",
      object: auditedHold(hold, deployment),
      details: { quarantineId: hold.id, reason },
    }),
  ]);
  return hold;
}
