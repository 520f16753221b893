import { In, IsNull, LessThan, type DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { plusMs, type Instant } from "../../../kernel/instant";
import { compositionsOf } from "../../../kernel/text";
import type { AccessReadModel, BindingScope, Credentials, WorkspaceUserPage } from "../app/ports";
import type { Email, PlacedBinding, RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { KnownTo } from "../domain/directory";
import type { UserSearch } from "../domain/user-search";
import { EmailRow, RoleBindingRow, ServiceAccountRow, UserRow } from "./access.rows";
import { AccountReaderSql } from "./account-reader";
import { userIsKnown } from "./known-to";
import { placedBindings } from "./placed-bindings";
import { searchUsers } from "./search-users";

const MINUTE_MS = 60_000;

export class AccessReadModelSql extends AccountReaderSql implements AccessReadModel {
  constructor(private readonly dataSource: DataSource) {
    super(sqlOf(dataSource));
  }

  async credentialsOf(identity: string): Promise<Credentials | null> {
    const rows = await this.dataSource.query<Credentials[]>(
      `SELECT u.id AS "userId", u.password_hash AS "passwordHash", u.status FROM app_user u
       WHERE lower(u.username) = ANY($1) OR u.id = ANY(ARRAY(SELECT user_id FROM email WHERE address = ANY($1)))`,
      [compositionsOf(identity)],
    );
    return rows[0] ?? null;
  }

  async credentialsOfUser(id: string): Promise<Credentials | null> {
    const user = await this.dataSource.manager.findOneBy(UserRow, { id });
    return user && { userId: user.id, passwordHash: user.passwordHash, status: user.status };
  }

  async touchServiceAccount(id: string, { at, address }: { at: Instant; address: string | null }): Promise<void> {
    const accounts = this.dataSource.manager;
    const before = plusMs(at, -MINUTE_MS);
    await accounts.update(
      ServiceAccountRow,
      [
        { id, lastUsedAt: IsNull() },
        { id, lastUsedAt: LessThan(before) },
      ],
      { lastUsedAt: at, lastUsedAddress: address },
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

  bindingsOfUsers(userIds: readonly string[]): Promise<PlacedBinding[]> {
    return placedBindings(sqlOf(this.dataSource), { userIds });
  }

  async knownUsers(userIds: readonly string[], knownTo: KnownTo): Promise<string[]> {
    const [isKnown, parameters] = userIsKnown(knownTo);
    const users = await sqlOf(this.dataSource).query<{ id: string }>(
      `SELECT u.id FROM app_user u WHERE u.id = ANY($3) AND ${isKnown}`,
      [...parameters, userIds],
    );
    return users.map(({ id }) => id);
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
