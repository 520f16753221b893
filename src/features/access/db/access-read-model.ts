import { In, IsNull, LessThan, type DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { plusMs, type Instant } from "../../../kernel/instant";
import type { AccessReadModel, BindingScope, Credentials, UserWithBindings, WorkspaceUserPage } from "../app/ports";
import type { Email, RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { HeldRole } from "../domain/roles";
import type { UserSearch } from "../domain/user-search";
import { EmailRow, RoleBindingRow, ServiceAccountRow, UserRow } from "./access.rows";
import { searchUsers } from "./search-users";

const MINUTE_MS = 60_000;

/** One statement for an account and its roles, as every mutation waits for it; a row per role, or one without. */
const HELD = `b.role, coalesce(b.workspace_id, d.workspace_id) AS "workspaceId", b.deployment_id AS "deploymentId"`;
const DEPLOYMENT_OF_IT = "LEFT JOIN deployment d ON d.id = b.deployment_id";

type Held = Omit<HeldRole, "role"> & { readonly role: HeldRole["role"] | null };

const rolesOf = (rows: readonly Held[]): HeldRole[] =>
  rows.flatMap(({ role, workspaceId, deploymentId }) => (role === null ? [] : [{ role, workspaceId, deploymentId }]));

export class AccessReadModelSql implements AccessReadModel {
  constructor(private readonly dataSource: DataSource) {}

  async credentialsOf(identity: string): Promise<Credentials | null> {
    const rows = await this.dataSource.query<Credentials[]>(
      `SELECT u.id AS "userId", u.password_hash AS "passwordHash", u.status FROM app_user u
       WHERE lower(u.username) = $1 OR u.id = (SELECT user_id FROM email WHERE address = $1)`,
      [identity],
    );
    return rows[0] ?? null;
  }

  async credentialsOfUser(id: string): Promise<Credentials | null> {
    const user = await this.dataSource.manager.findOneBy(UserRow, { id });
    return user && { userId: user.id, passwordHash: user.passwordHash, status: user.status };
  }

  async userWithBindings(id: string): Promise<UserWithBindings | null> {
    const [user, ...others] = await this.withBindings<User & { sessionsFrom: Instant | null }>(
      `SELECT a.id, a.username, a.full_name AS "fullName", a.status, a.created_at AS "createdAt", a.updated_at AS "updatedAt",
         a.sessions_from AS "sessionsFrom", ${HELD}
       FROM app_user a LEFT JOIN (
         SELECT role, workspace_id, deployment_id FROM role_binding WHERE user_id = $1
         UNION ALL
         SELECT role, workspace_id, deployment_id FROM role_binding
         WHERE team_id IN (SELECT team_id FROM team_member WHERE user_id = $1)
       ) b ON true ${DEPLOYMENT_OF_IT} WHERE a.id = $1 AND a.status = 'active'`,
      id,
    );
    return user === undefined ? null : { user, bindings: rolesOf([user, ...others]), sessionsFrom: user.sessionsFrom };
  }

  async serviceAccountWithBindings(
    by: { readonly apiKeyHash: string } | { readonly id: string },
  ): Promise<{ account: Pick<ServiceAccount, "id" | "label">; bindings: HeldRole[] } | null> {
    const [column, value] = "id" in by ? ["a.id", by.id] : ["a.api_key_hash", by.apiKeyHash];
    const [account, ...others] = await this.withBindings<Pick<ServiceAccount, "id" | "label">>(
      `SELECT a.id, a.label, ${HELD}
       FROM service_account a LEFT JOIN role_binding b ON b.service_account_id = a.id ${DEPLOYMENT_OF_IT} WHERE ${column} = $1 AND a.active`,
      value,
    );
    return account === undefined ? null : { account, bindings: rolesOf([account, ...others]) };
  }

  private withBindings<Account>(statement: string, parameter: string): Promise<(Account & Held)[]> {
    return sqlOf(this.dataSource).query(statement, [parameter]);
  }

  async touchServiceAccount(id: string, usedAt: Instant): Promise<void> {
    const accounts = this.dataSource.manager;
    const before = plusMs(usedAt, -MINUTE_MS);
    await accounts.update(
      ServiceAccountRow,
      [
        { id, lastUsedAt: IsNull() },
        { id, lastUsedAt: LessThan(before) },
      ],
      {
        lastUsedAt: usedAt,
      },
    );
  }

  hasUsers(): Promise<boolean> {
    return this.dataSource.manager.exists(UserRow);
  }

  usersByIds(ids: readonly string[]): Promise<User[]> {
    return this.dataSource.manager.findBy(UserRow, { id: In(ids) });
  }

  searchUsers(search: UserSearch, on?: { workspaceId: string } | { deploymentId: string }): Promise<User[]> {
    return searchUsers(sqlOf(this.dataSource), search, on);
  }

  serviceAccountsByIds(ids: readonly string[]): Promise<ServiceAccount[]> {
    return this.dataSource.manager.findBy(ServiceAccountRow, { id: In(ids) });
  }

  emailsOf(userIds: readonly string[]): Promise<(Email & { userId: string })[]> {
    return this.dataSource.manager.find(EmailRow, { where: { userId: In(userIds) }, order: { address: "ASC" } });
  }

  bindingsOfUsers(userIds: readonly string[]): Promise<RoleBinding[]> {
    return this.dataSource.manager.find(RoleBindingRow, { where: { userId: In(userIds) }, order: { id: "ASC" } });
  }

  bindingsOn(scope: BindingScope): Promise<RoleBinding[]> {
    const where =
      "workspaceIds" in scope ? { workspaceId: In(scope.workspaceIds) } : { deploymentId: In(scope.deploymentIds) };
    return this.dataSource.manager.find(RoleBindingRow, { where, order: { id: "ASC" } });
  }

  usersOfWorkspaces(workspaceIds: readonly string[]): Promise<(User & { workspaceId: string })[]> {
    return this.dataSource.query(
      `SELECT u.id, u.username, u.full_name AS "fullName", u.status, u.created_at AS "createdAt",
         u.updated_at AS "updatedAt", b.workspace_id AS "workspaceId"
       FROM role_binding b JOIN app_user u ON u.id = b.user_id
       WHERE b.workspace_id = ANY($1) ORDER BY u.username, u.id`,
      [workspaceIds],
    );
  }

  async pageOfWorkspaceUsers({ workspaceId, cursor, take }: WorkspaceUserPage): Promise<User[]> {
    const backwards = take < 0;
    const [comparison, direction] = backwards ? ["<", "DESC"] : [">", "ASC"];
    const users = await sqlOf(this.dataSource).query<User>(
      `SELECT u.id, u.username, u.full_name AS "fullName", u.status, u.created_at AS "createdAt", u.updated_at AS "updatedAt"
       FROM role_binding b JOIN app_user u ON u.id = b.user_id
       WHERE b.workspace_id = $1
         AND ($2::uuid IS NULL OR (u.username, u.id) ${comparison} (SELECT username, id FROM app_user WHERE id = $2))
       ORDER BY u.username ${direction}, u.id ${direction} LIMIT $3`,
      [workspaceId, cursor, Math.abs(take)],
    );
    return backwards ? users.reverse() : users;
  }

  serviceAccounts(scope: BindingScope | "system"): Promise<ServiceAccount[]> {
    const where =
      scope === "system"
        ? { workspaceId: IsNull(), deploymentId: IsNull() }
        : "workspaceIds" in scope
          ? { workspaceId: In(scope.workspaceIds) }
          : { deploymentId: In(scope.deploymentIds) };
    return this.dataSource.manager.find(ServiceAccountRow, { where, order: { createdAt: "ASC", id: "ASC" } });
  }
}
