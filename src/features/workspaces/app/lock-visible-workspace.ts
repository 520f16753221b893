import { isId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import { requireVisible, type Workspace } from "../domain/workspace";
import type { WorkspaceStores } from "./ports";

/**
 * How every change of a Workspace begins.
 * @throws NotFound if there is none that the actor may see
 */
export async function lockVisibleWorkspace(workspaces: WorkspaceStores, actor: Actor, id: string): Promise<Workspace> {
  return requireVisible(actor, isId(id) ? await workspaces.lock(id) : null);
}
