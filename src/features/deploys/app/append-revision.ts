import type { Deployment } from "../../deployments";
import { deployLogLine, type DeployEvent } from "../domain/deploy-log";
import type { DeployRevision } from "../domain/deploy-revision";
import { pendingAfter } from "../domain/pending-versions";
import { DEPLOY_TASKS, type DeployStores } from "./ports";

/**
 * Puts a revision on top of the history and sets its rollout going. The Deployment is locked; an
 * unfinished revision under it is superseded.
 */
export async function appendRevision(
  { deployments, revisions, logs, outbox }: DeployStores,
  { deployment, head, revision, event }: {
    readonly deployment: Deployment;
    readonly head: DeployRevision | null;
    readonly revision: DeployRevision;
    readonly event: DeployEvent;
  },
): Promise<void> {
  const at = revision.createdAt;
  const lines = [deployLogLine(deployment, revision, event, at)];
  await revisions.add(revision);
  if (head?.status === "INITIALIZED") {
    await revisions.update(head.id, {
      status: "SUPERSEDED",
      statusReason: `Superseded by revision ${revision.number}`,
      updatedAt: at,
      finishedAt: at,
    });
    lines.push(deployLogLine(deployment, head, { event: "superseded", by: revision.number }, at));
  }
  await deployments.update(deployment.id, {
    lastRevisionNumber: revision.number,
    headRevisionId: revision.id,
    ...pendingAfter(revision, deployment, head),
    updatedAt: at,
  });
  await logs.add(lines);
  await addApplyJob(outbox, revision);
}

/** Rollouts of one Deployment run one after another; the key keeps a revision from being queued twice. */
export function addApplyJob(
  outbox: DeployStores["outbox"],
  { id, deploymentId }: Pick<DeployRevision, "id" | "deploymentId">,
  delayMs = 0,
): Promise<void> {
  return outbox.add({ task: DEPLOY_TASKS.apply, payload: { revisionId: id }, queue: deploymentId, key: `apply:${id}`, delayMs });
}

/** The revision that runs and the newest one. */
export async function headAndCurrent(
  { revisions }: DeployStores,
  { id, headRevisionId, currentRevisionId }: Deployment,
): Promise<{ head: DeployRevision | null; current: DeployRevision | null }> {
  const ids = [...new Set([headRevisionId, currentRevisionId].filter((one) => one !== null))];
  const found = ids.length === 0 ? [] : await revisions.findMany(id, ids);
  return {
    head: found.find((revision) => revision.id === headRevisionId) ?? null,
    current: found.find((revision) => revision.id === currentRevisionId) ?? null,
  };
}
