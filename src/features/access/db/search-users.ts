import { isId } from "../../../kernel/ids";
import { patternsContaining } from "../../../infrastructure/postgres/like-patterns";
import { compositionsOf } from "../../../kernel/text";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Place } from "../app/ports";
import type { User } from "../domain/accounts";
import type { UserSearch } from "../domain/user-search";

/** Users who match, of all or of those with a role of their own in the place; by user name, then id. */
export async function searchUsers(sql: Sql, search: UserSearch, on?: Place): Promise<User[]> {
  const { id, username, email, fullName, createdAt, updatedAt } = search;
  if (id !== undefined && !isId(id)) return [];
  const parameters: (string | readonly string[])[] = [];
  const given = (value: string | readonly string[]): string => `$${parameters.push(value)}`;
  const conditions = [
    id && `u.id = ${given(id)}`,
    username && `lower(u.username) = ANY(${given(compositionsOf(username).map((one) => one.toLowerCase()))}::text[])`,
    email && `u.id IN (SELECT user_id FROM email WHERE address = lower(${given(email)}))`,
    fullName && `u.full_name ILIKE ANY(${given(patternsContaining(fullName))}::text[])`,
    createdAt && `u.created_at = ${given(createdAt)}`,
    updatedAt && `u.updated_at = ${given(updatedAt)}`,
    on &&
      "workspaceId" in on &&
      `u.id IN (SELECT user_id FROM role_binding WHERE workspace_id = ${given(on.workspaceId)})`,
    on &&
      "deploymentId" in on &&
      `u.id IN (SELECT user_id FROM role_binding WHERE deployment_id = ${given(on.deploymentId)})`,
  ].filter(Boolean);
  return sql.query<User>(
    `SELECT u.id, u.username, u.full_name AS "fullName", u.status, u.created_at AS "createdAt", u.updated_at AS "updatedAt"
     FROM app_user u ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`} ORDER BY u.username, u.id`,
    parameters,
  );
}
