import type { Sql } from "../../../infrastructure/postgres/sql";
import type { AccountOfKey, AccountReader, UserWithBindings } from "../app/ports";
import type { User } from "../domain/accounts";
import type { HeldRole } from "../domain/roles";

/** One statement for an account and its roles, as every mutation waits for it; a row per role, or one without. */
const HELD = `b.role, coalesce(b.workspace_id, d.workspace_id) AS "workspaceId", b.deployment_id AS "deploymentId"`;
const DEPLOYMENT_OF_IT = "LEFT JOIN deployment d ON d.id = b.deployment_id";

type Held = Omit<HeldRole, "role"> & { readonly role: HeldRole["role"] | null };

const rolesOf = (rows: readonly Held[]): HeldRole[] =>
  rows.flatMap(({ role, workspaceId, deploymentId }) => (role === null ? [] : [{ role, workspaceId, deploymentId }]));

/** Reads accounts inside a transaction or outside, wherever its statements run. */
export class AccountReaderSql implements AccountReader {
  constructor(private readonly sql: Sql) {}

  async userWithBindings(id: string, sessionId: string | null = null): Promise<UserWithBindings | null> {
    const [user, ...others] = await this.sql.query<
      User & Pick<UserWithBindings, "sessionsFrom" | "sessionEnded"> & Held
    >(
      `SELECT a.id, a.username, a.full_name AS "fullName", a.status, a.created_at AS "createdAt", a.updated_at AS "updatedAt",
         a.sessions_from AS "sessionsFrom", EXISTS (SELECT FROM ended_session WHERE id = $2) AS "sessionEnded", ${HELD}
       FROM app_user a LEFT JOIN (
         SELECT role, workspace_id, deployment_id FROM role_binding WHERE user_id = $1
         UNION ALL
         SELECT role, workspace_id, deployment_id FROM role_binding
         WHERE team_id IN (SELECT team_id FROM team_member WHERE user_id = $1)
       ) b ON true ${DEPLOYMENT_OF_IT} WHERE a.id = $1 AND a.status = 'active'`,
      [id, sessionId],
    );
    if (user === undefined) return null;
    const { sessionsFrom, sessionEnded } = user;
    return { user, bindings: rolesOf([user, ...others]), sessionsFrom, sessionEnded };
  }

  async serviceAccountWithBindings(
    by: { readonly apiKeyHash: string } | { readonly id: string },
  ): Promise<{ account: AccountOfKey; bindings: HeldRole[] } | null> {
    const [column, value] = "id" in by ? ["a.id", by.id] : ["a.api_key_hash", by.apiKeyHash];
    const [account, ...others] = await this.sql.query<AccountOfKey & Held>(
      `SELECT a.id, a.label, a.expires_at AS "expiresAt", a.created_at AS "createdAt", ${HELD}
       FROM service_account a LEFT JOIN role_binding b ON b.service_account_id = a.id ${DEPLOYMENT_OF_IT} WHERE ${column} = $1 AND a.active`,
      [value],
    );
    return account === undefined ? null : { account, bindings: rolesOf([account, ...others]) };
  }
}
