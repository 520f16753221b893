import { isId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import { requireVisible, type Workspace } from "../domain/workspace";
import type { WorkspaceTransaction } from "./ports";

export interface LockedWorkspace {
  readonly workspace: Workspace;
  /** The caller with the rights of this moment. */
  readonly actor: Actor;
}

/**
 * How every change of a Workspace begins. The caller is loaded anew once the lock is held: the wait for it may have taken
 * long, and the caller may have lost the right meanwhile.
 * @throws Unauthenticated if the caller's credentials have ended
 * @throws NotFound if there is none that the caller may see
 */
export async function lockVisibleWorkspace(
  { workspaces, actors }: Pick<WorkspaceTransaction, "workspaces" | "actors">,
  caller: Actor,
  id: string,
): Promise<LockedWorkspace> {
  const found = isId(id) ? await workspaces.lock(id) : null;
  const actor = await actors.current(caller);
  return { workspace: requireVisible(actor, found), actor };
}
