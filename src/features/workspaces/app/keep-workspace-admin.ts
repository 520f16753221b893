import { requireAdminsLeft, type AdminStores } from "../../access";
import type { Workspace } from "../domain/workspace";

/**
 * Makes a change of the locked Workspace that may take its last WORKSPACE_ADMIN away; himself or through a Team.
 * @throws Conflict if nobody would be left who can let others in
 */
export async function keepWorkspaceAdmin<T>(
  admins: AdminStores,
  { id }: Workspace,
  change: () => Promise<T>,
): Promise<T> {
  const before = await admins.adminsLeft([id]);
  const result = await change();
  // The system's own administrators are nobody's to lose here.
  requireAdminsLeft({ ...before, system: false }, await admins.adminsLeft([id]));
  return result;
}
