import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import { NotFound } from "../../../kernel/errors";

const GONE: Readonly<Record<string, string>> = {
  role_binding_user_fkey: "User",
  role_binding_team_fkey: "Team",
  team_member_user_fkey: "User",
  team_member_team_fkey: "Team",
};

/** @throws NotFound if what a new row refers to was removed at this moment */
export async function unlessGone<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const kind = GONE[constraintOf(error) ?? ""];
    if (kind !== undefined) throw new NotFound(kind);
    throw error;
  }
}
