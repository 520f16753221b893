import { requireAdminsLeft } from "../domain/last-admins";
import type { AdminStores, Subject } from "./team-ports";

/**
 * Makes a change that may take administrators away. Every such change goes through here, and they wait for
 * each other: of two administrators who remove each other at the same moment one stays.
 *
 * `leaving` are those whose roles or members the change may touch; it is read, and its Workspaces locked,
 * before anything changes.
 * @throws Conflict if no administrator would be left
 */
export async function keepAdmins<T>(
  admins: AdminStores,
  leaving: readonly Subject[],
  change: () => Promise<T>,
): Promise<T> {
  await admins.lockSystemAdmins();
  const workspaceIds = new Set<string>();
  for (const subject of leaving) for (const id of await admins.lockWorkspacesOf(subject)) workspaceIds.add(id);
  const before = await admins.adminsLeft([...workspaceIds]);
  const result = await change();
  requireAdminsLeft(before, await admins.adminsLeft([...workspaceIds]));
  return result;
}
