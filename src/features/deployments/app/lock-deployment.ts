import { isId } from "../../../kernel/ids";
import type { Actor, Permission } from "../../../kernel/permissions";
import { authorize } from "../domain/access";
import type { Deployment } from "../domain/deployment";
import type { DeploymentStores } from "./ports";

export interface LockedDeployment {
  readonly deployment: Deployment;
  /** The caller with the rights of this moment. */
  readonly actor: Actor;
}

/**
 * How every change of a Deployment begins. The caller is loaded anew once the lock is held: an upload, a look into a
 * registry or a wait for the lock may have taken long, and the caller may have lost the right meanwhile.
 * @throws Unauthenticated if the caller's credentials have ended
 * @throws NotFound if there is none that the caller may see
 * @throws Forbidden without the permission
 */
export async function lockDeployment(
  { deployments, actors }: Pick<DeploymentStores, "deployments" | "actors">,
  actor: Actor,
  by: { readonly id: string } | { readonly releaseName: string },
  permission: Permission,
): Promise<LockedDeployment> {
  const locking =
    "releaseName" in by
      ? deployments.lockByReleaseName(by.releaseName)
      : isId(by.id)
        ? deployments.lock(by.id)
        : Promise.resolve(null);
  // Sent right behind the lock, so that Postgres reads the caller once it has the lock, without another round trip.
  const loading = actors.current(actor);
  loading.catch(() => undefined);
  const deployment = await locking;
  const current = await loading;
  return { deployment: authorize(current, deployment, permission), actor: current };
}
