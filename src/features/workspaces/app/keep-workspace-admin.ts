import { requireAdminsLeft, type AdminStores } from "../../access";
import type { Workspace } from "../domain/workspace";

/**
 * Makes a change of the locked Workspace that might remove its last WORKSPACE_ADMIN, direct or through a Team.
 * @throws Conflict if no administrator would be left
 */
export async function keepWorkspaceAdmin<T>(
  admins: AdminStores,
  { id }: Workspace,
  change: () => Promise<T>,
): Promise<T> {
  const before = await admins.adminsLeft([id]);
  const result = await change();
  // Administrators of the system do not count here.
  requireAdminsLeft({ ...before, system: false }, await admins.adminsLeft([id]));
  return result;
}
