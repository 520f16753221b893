import { In, IsNull, LessThan, type DataSource } from "typeorm";
import { sqlOf } from "../../../shared/db/data-source";
import { plusMs, type Instant } from "../../../shared/domain/instant";
import type { AccessReadModel, BindingScope, Credentials } from "../app/ports";
import type { Email, RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { BoundRole } from "../domain/roles";
import { EmailRow, RoleBindingRow, ServiceAccountRow, UserRow } from "./access.rows";

const MINUTE_MS = 60_000;

/** One statement for an account and its roles, as every mutation waits for it; a row per role, or one without. */
const BINDING = `b.role, b.workspace_id AS "workspaceId", b.deployment_id AS "deploymentId"`;

type Binding = Omit<BoundRole, "role"> & { readonly role: BoundRole["role"] | null };

const bindingsOf = (rows: readonly Binding[]): BoundRole[] =>
  rows.flatMap(({ role, workspaceId, deploymentId }) => (role === null ? [] : [{ role, workspaceId, deploymentId }]));

export class AccessReadModelSql implements AccessReadModel {
  constructor(private readonly dataSource: DataSource) {}

  async credentialsOf(identity: string): Promise<Credentials | null> {
    const rows = await this.dataSource.query<Credentials[]>(
      `SELECT u.id AS "userId", u.password_hash AS "passwordHash" FROM app_user u
       WHERE lower(u.username) = $1 OR u.id = (SELECT user_id FROM email WHERE address = $1)`,
      [identity],
    );
    return rows[0] ?? null;
  }

  async userWithBindings(id: string): Promise<{ user: User; bindings: BoundRole[] } | null> {
    const [user, ...others] = await this.withBindings<User>(
      `SELECT a.id, a.username, a.full_name AS "fullName", a.status, a.created_at AS "createdAt", a.updated_at AS "updatedAt", ${BINDING}
       FROM app_user a LEFT JOIN role_binding b ON b.user_id = a.id WHERE a.id = $1`,
      id,
    );
    return user === undefined ? null : { user, bindings: bindingsOf([user, ...others]) };
  }

  async serviceAccountWithBindings(
    apiKeyHash: string,
  ): Promise<{ account: Pick<ServiceAccount, "id" | "label">; bindings: BoundRole[] } | null> {
    const [account, ...others] = await this.withBindings<Pick<ServiceAccount, "id" | "label">>(
      `SELECT a.id, a.label, ${BINDING}
       FROM service_account a LEFT JOIN role_binding b ON b.service_account_id = a.id WHERE a.api_key_hash = $1 AND a.active`,
      apiKeyHash,
    );
    return account === undefined ? null : { account, bindings: bindingsOf([account, ...others]) };
  }

  private withBindings<Account>(statement: string, parameter: string): Promise<(Account & Binding)[]> {
    return sqlOf(this.dataSource).query(statement, [parameter]);
  }

  async touchServiceAccount(id: string, usedAt: Instant): Promise<void> {
    const accounts = this.dataSource.manager;
    const before = plusMs(usedAt, -MINUTE_MS);
    await accounts.update(ServiceAccountRow, [{ id, lastUsedAt: IsNull() }, { id, lastUsedAt: LessThan(before) }], {
      lastUsedAt: usedAt,
    });
  }

  hasUsers(): Promise<boolean> {
    return this.dataSource.manager.exists(UserRow);
  }

  usersByIds(ids: readonly string[]): Promise<User[]> {
    return this.dataSource.manager.findBy(UserRow, { id: In(ids) });
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
