import { isId } from "../../../kernel/ids";
import type { Actor, Permission } from "../../../kernel/permissions";
import { authorize } from "../domain/access";
import type { Deployment } from "../domain/deployment";
import type { DeploymentStore } from "./ports";

/**
 * How every change of a Deployment begins.
 * @throws NotFound if there is none that the actor may see
 * @throws Forbidden without the permission
 */
export async function lockDeployment(
  deployments: DeploymentStore,
  actor: Actor,
  id: string,
  permission: Permission,
): Promise<Deployment> {
  return authorize(actor, isId(id) ? await deployments.lock(id) : null, permission);
}
