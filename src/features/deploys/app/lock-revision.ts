import { lockDeployment, visibleDeployments, type LockedDeployment } from "../../deployments";
import { NotFound, notFoundAs } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import type { Actor, Permission } from "../../../kernel/permissions";
import type { DeployRevision } from "../domain/deploy-revision";
import { loadHeadCurrentAndTarget, type HeadCurrentAndTarget } from "./append-revision";
import type { DeployStores } from "./ports";

export interface LockedRevision extends LockedDeployment, Pick<HeadCurrentAndTarget, "head" | "current"> {
  readonly revision: DeployRevision;
}

/**
 * How every change of one revision begins: its Deployment is locked, and the revision read under the lock.
 * @throws Unauthenticated if the caller's credentials have ended
 * @throws NotFound if there is no such revision, or the caller may not see its Deployment
 * @throws Forbidden without the permission
 */
export async function lockRevision(
  stores: DeployStores,
  caller: Actor,
  revisionId: string,
  permission: Permission,
): Promise<LockedRevision> {
  // Nobody waits for the lock of a Deployment that they may not see.
  const among = visibleDeployments(caller);
  const deploymentId = isId(revisionId) ? await stores.revisions.deploymentOf(revisionId, among) : null;
  if (deploymentId === null) throw new NotFound("Deploy revision");
  const locked = await lockDeployment(stores, caller, { id: deploymentId }, permission).catch(
    notFoundAs("Deploy revision"),
  );
  const { head, current, target } = await loadHeadCurrentAndTarget(stores, locked.deployment, revisionId);
  // It was cleaned up meanwhile.
  if (target === null) throw new NotFound("Deploy revision");
  return { ...locked, head, current, revision: target };
}
