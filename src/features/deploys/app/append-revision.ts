import { isSameId } from "../../../kernel/ids";
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
  {
    deployment,
    head,
    revision,
    event,
    delayMs,
  }: {
    readonly deployment: Deployment;
    readonly head: DeployRevision | null;
    readonly revision: DeployRevision;
    readonly event: DeployEvent;
    /** Before the rollout begins. */
    readonly delayMs?: number;
  },
): Promise<void> {
  const at = revision.createdAt;
  const lines = [deployLogLine(deployment, revision, event, at)];
  const unfinished = head?.status === "INITIALIZED" ? head : null;
  if (unfinished !== null)
    lines.push(deployLogLine(deployment, unfinished, { event: "superseded", by: revision.number }, at));
  const statusReason = `Superseded by revision ${revision.number}`;
  // None needs another's answer, so all are sent at once.
  await Promise.all([
    revisions.add(revision),
    unfinished &&
      revisions.update(unfinished.id, { status: "SUPERSEDED", statusReason, updatedAt: at, finishedAt: at }),
    deployments.update(deployment.id, {
      lastRevisionNumber: revision.number,
      headRevisionId: revision.id,
      ...pendingAfter(revision, deployment, head),
      updatedAt: at,
    }),
    logs.add(lines),
    // The newest rollout does not wait for superseded ones.
    unfinished && removeApplyJob(outbox, unfinished.id),
    addApplyJob(outbox, revision, delayMs),
  ]);
}

/**
 * Puts a refused deploy on top of the history. It does not become the head, and changes neither what runs nor a rollout
 * under way.
 */
export async function appendRefusal(
  { deployments, revisions, logs }: DeployStores,
  {
    deployment,
    revision,
    reason,
  }: {
    readonly deployment: Deployment;
    readonly revision: DeployRevision;
    readonly reason: string;
  },
): Promise<void> {
  const at = revision.createdAt;
  await revisions.add(revision);
  await deployments.update(deployment.id, { lastRevisionNumber: revision.number, updatedAt: at });
  await logs.add([deployLogLine(deployment, revision, { event: "push_refused", reason }, at)]);
}

/** The key of the job that rolls the revision out. */
const applyKey = (revisionId: string): string => `apply:${revisionId}`;

/** This does not stop a rollout that has begun: it finds its revision finished and changes nothing. */
export const removeApplyJob = (outbox: DeployStores["outbox"], revisionId: string): Promise<void> =>
  outbox.remove(applyKey(revisionId));

/** Rollouts of one Deployment run one after another; the key keeps a revision from being queued twice. */
export function addApplyJob(
  outbox: DeployStores["outbox"],
  { id, deploymentId }: Pick<DeployRevision, "id" | "deploymentId">,
  delayMs = 0,
): Promise<void> {
  return outbox.add({
    task: DEPLOY_TASKS.apply,
    payload: { revisionId: id },
    queue: deploymentId,
    key: applyKey(id),
    delayMs,
  });
}

export interface HeadCurrentAndTarget {
  /** The newest revision that was not refused. */
  readonly head: DeployRevision | null;
  /** The one that runs. */
  readonly current: DeployRevision | null;
  /** The one that was asked for, if it is one of the Deployment's. */
  readonly target: DeployRevision | null;
}

/** The revisions that count for what comes next, by one statement. */
export async function loadHeadCurrentAndTarget(
  { revisions }: DeployStores,
  { id, headRevisionId, currentRevisionId }: Deployment,
  targetId: string | null = null,
): Promise<HeadCurrentAndTarget> {
  const ids = [...new Set([headRevisionId, currentRevisionId, targetId].filter((one) => one !== null))];
  const found = ids.length === 0 ? [] : await revisions.findMany(id, ids);
  const named = (wanted: string | null): DeployRevision | null =>
    found.find((revision) => wanted !== null && isSameId(revision.id, wanted)) ?? null;
  return { head: named(headRevisionId), current: named(currentRevisionId), target: named(targetId) };
}
