import type { Role } from "../../access";
import { Conflict } from "../../../shared/domain/errors";

export const WORKSPACE_ADMIN = "WORKSPACE_ADMIN" satisfies Role;

/**
 * A Workspace keeps at least one user who can let others in. `admins` counts its WORKSPACE_ADMIN users
 * before the change, and `to` is null where the user leaves.
 * @throws Conflict if the change would take the last one away
 */
export function requireAdminLeft({ from, to, admins }: { from: Role; to: Role | null; admins: number }): void {
  if (from === WORKSPACE_ADMIN && to !== WORKSPACE_ADMIN && admins <= 1) {
    throw new Conflict("This is the last WORKSPACE_ADMIN of the Workspace: make somebody else one first");
  }
}
