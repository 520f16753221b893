import type { Sql } from "../../../infrastructure/postgres/sql";
import type { PlacedBinding } from "../domain/accounts";

/** Roles of the users or of the Teams, oldest first. */
export function placedBindings(
  sql: Sql,
  of: { readonly userIds: readonly string[] } | { readonly teamIds: readonly string[] },
): Promise<PlacedBinding[]> {
  const [column, ids] = "userIds" in of ? ["user_id", of.userIds] : ["team_id", of.teamIds];
  return sql.query<PlacedBinding>(
    `SELECT b.id, b.role, b.user_id AS "userId", b.service_account_id AS "serviceAccountId", b.team_id AS "teamId",
       b.workspace_id AS "workspaceId", b.deployment_id AS "deploymentId", d.workspace_id AS "deploymentWorkspaceId"
     FROM role_binding b LEFT JOIN deployment d ON d.id = b.deployment_id WHERE b.${column} = ANY($1) ORDER BY b.id`,
    [ids],
  );
}
