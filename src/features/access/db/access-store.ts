import { In, IsNull, type EntityManager } from "typeorm";
import { newId } from "../../../kernel/ids";
import type { Clock } from "../../../kernel/clock";
import type { Instant } from "../../../kernel/instant";
import { lockInTurn } from "../../../infrastructure/postgres/lock-turns";
import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import { Conflict, NotFound } from "../../../kernel/errors";
import { compositionsOf } from "../../../kernel/text";
import type { AccessStores, NewPassword, Place } from "../app/ports";
import type { Email, RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { BoundRole, Role } from "../domain/roles";
import type { KnownTo } from "../domain/directory";
import { userIsKnown } from "./known-to";
import { unlessGone } from "./unless-gone";
import { EmailRow, RoleBindingRow, ServiceAccountRow, UserRow } from "./access.rows";

/** An arbitrary number that no other lock uses. */
const USER_CREATION_LOCK = 7_209_431;
const SYSTEM_ACCOUNTS_LOCK = 7_209_433;

const TAKEN: Readonly<Record<string, string>> = {
  app_user_username_key: "A user with this user name exists already",
  email_pkey: "A user with this e-mail address exists already",
};

export class AccessStore implements AccessStores {
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
  ) {}

  async lockUserCreation(): Promise<void> {
    await lockInTurn(this.manager, "the users", "", () =>
      this.manager.query("SELECT pg_advisory_xact_lock($1)", [USER_CREATION_LOCK]),
    );
  }

  hasUsers(): Promise<boolean> {
    return this.manager.exists(UserRow);
  }

  async addUser(
    user: User & { passwordHash: string | null },
    { address, verified, provenAt = null }: Pick<Email, "address" | "verified"> & Partial<Pick<Email, "provenAt">>,
  ): Promise<void> {
    await this.requireUnused(user.id, [user.username, address]);
    await unlessTaken(async () => {
      await this.manager.insert(UserRow, user);
      await this.manager.insert(EmailRow, { address, userId: user.id, verified, primary: true, provenAt });
    });
  }

  /**
   * Users sign in by name or address, in any case: a name that is another user's address would lead to the wrong
   * account.
   */
  private async requireUnused(userId: string, spellings: readonly string[]): Promise<void> {
    const [namesake] = await this.manager.query<unknown[]>(
      `WITH wanted AS (SELECT lower(spelling) AS spelling FROM unnest($2::text[]) AS spelling)
       SELECT 1 FROM app_user WHERE lower(username) IN (SELECT spelling FROM wanted) AND id <> $1
       UNION ALL SELECT 1 FROM email WHERE address IN (SELECT spelling FROM wanted) AND user_id <> $1 LIMIT 1`,
      [userId, spellings.flatMap(compositionsOf)],
    );
    if (namesake !== undefined) throw new Conflict("Somebody signs in by this user name or e-mail address already");
  }

  async updateUser({ id, username, fullName, status, updatedAt }: User): Promise<void> {
    await this.requireUnused(id, [username]);
    await unlessTaken(() => this.manager.update(UserRow, { id }, { username, fullName, status, updatedAt }));
  }

  async removeUser(id: string): Promise<void> {
    await this.manager.delete(UserRow, { id });
  }

  emailsOf(userId: string): Promise<Email[]> {
    return this.manager.find(EmailRow, { where: { userId }, order: { address: "ASC" } });
  }

  async markEmailVerified(address: string): Promise<void> {
    await this.manager.update(EmailRow, { address }, { verified: true });
  }

  async markEmailProven(address: string, at: Instant): Promise<void> {
    await this.manager.update(EmailRow, { address }, { verified: true, provenAt: at });
  }

  async setPassword(id: string, { hash, from, sessionsFrom }: NewPassword): Promise<boolean> {
    const change = { passwordHash: hash, sessionsFrom, updatedAt: this.clock() };
    const { affected } = await this.manager.update(
      UserRow,
      { id, ...(from !== undefined && { passwordHash: from }) },
      change,
    );
    return affected === 1;
  }

  holdPassword(userId: string, hash: string | null): Promise<boolean> {
    return lockInTurn(this.manager, "this user", userId, async () => {
      const [user] = await this.manager.query<{ hash: string | null }[]>(
        "SELECT password_hash AS hash FROM app_user WHERE id = $1 FOR SHARE",
        [userId],
      );
      return user !== undefined && user.hash === hash;
    });
  }

  async findUserByEmail(address: string): Promise<User | null> {
    const email = await this.manager.findOne(EmailRow, {
      where: { address: In(compositionsOf(address)) },
      relations: { user: true },
    });
    return email?.user ?? null;
  }

  async findKnownUserByEmail(address: string, knownTo: KnownTo): Promise<User | null> {
    const [isKnown, parameters] = userIsKnown(knownTo);
    const [user] = await this.manager.query<User[]>(
      `SELECT u.id, u.username, u.full_name AS "fullName", u.status, u.created_at AS "createdAt", u.updated_at AS "updatedAt"
       FROM app_user u JOIN email e ON e.user_id = u.id WHERE e.address = ANY($3) AND ${isKnown}`,
      [...parameters, compositionsOf(address)],
    );
    return user ?? null;
  }

  findUser(id: string): Promise<User | null> {
    return this.manager.findOneBy(UserRow, { id });
  }

  lockUser(id: string): Promise<User | null> {
    // FOR UPDATE: new roles wait as well, as their foreign key locks this row too.
    return lockInTurn(this.manager, "this user", id, () =>
      this.manager.findOne(UserRow, { where: { id }, lock: { mode: "pessimistic_write" } }),
    );
  }

  countUsers(ids: readonly string[]): Promise<number> {
    return this.manager.countBy(UserRow, { id: In(ids) });
  }

  findEmail(address: string): Promise<(Email & { userId: string }) | null> {
    return this.manager.findOneBy(EmailRow, { address });
  }

  async setFullName(userId: string, fullName: string): Promise<void> {
    await this.manager.update(UserRow, { id: userId }, { fullName, updatedAt: this.clock() });
  }

  async bindUser(userId: string, bound: BoundRole): Promise<RoleBinding> {
    const where = { userId, workspaceId: bound.workspaceId ?? IsNull(), deploymentId: bound.deploymentId ?? IsNull() };
    const present = await this.manager.findOneBy(RoleBindingRow, where);
    if (present !== null) {
      await this.manager.update(RoleBindingRow, { id: present.id }, { role: bound.role });
      return { ...present, role: bound.role };
    }
    const binding = { id: newId(), userId, serviceAccountId: null, teamId: null, ...bound };
    await unlessGone(() => this.manager.insert(RoleBindingRow, { ...binding, createdAt: this.clock() }));
    return binding;
  }

  async unbindUserFromSystem(userId: string): Promise<RoleBinding | null> {
    const present = await this.manager.findOneBy(RoleBindingRow, {
      userId,
      workspaceId: IsNull(),
      deploymentId: IsNull(),
    });
    if (present !== null) await this.manager.delete(RoleBindingRow, { id: present.id });
    return present;
  }

  async unbindUser(userId: string, place: Place): Promise<boolean> {
    const { affected } = await this.manager.delete(RoleBindingRow, { userId, ...place });
    return (affected ?? 0) > 0;
  }

  async unbindUserFromDeploymentsOf(userId: string, { workspaceId }: { workspaceId: string }): Promise<void> {
    await this.manager.query(
      `DELETE FROM role_binding
       WHERE user_id = $1 AND deployment_id IN (SELECT id FROM deployment WHERE workspace_id = $2)`,
      [userId, workspaceId],
    );
  }

  findUserBinding(userId: string, place: Place): Promise<RoleBinding | null> {
    return this.manager.findOneBy(RoleBindingRow, { userId, ...place });
  }

  async countAdministeredWorkspaces(userId: string): Promise<number> {
    return this.manager.countBy(RoleBindingRow, { userId, role: "WORKSPACE_ADMIN" });
  }

  async countServiceAccountsForUpdate({
    workspaceId,
    deploymentId,
  }: Pick<ServiceAccount, "workspaceId" | "deploymentId">): Promise<number> {
    if (deploymentId !== null)
      await this.manager.query("SELECT 1 FROM deployment WHERE id = $1 FOR NO KEY UPDATE", [deploymentId]);
    else if (workspaceId !== null)
      await this.manager.query("SELECT 1 FROM workspace WHERE id = $1 FOR NO KEY UPDATE", [workspaceId]);
    else await this.manager.query("SELECT pg_advisory_xact_lock($1)", [SYSTEM_ACCOUNTS_LOCK]);
    return this.manager.countBy(ServiceAccountRow, {
      workspaceId: workspaceId ?? IsNull(),
      deploymentId: deploymentId ?? IsNull(),
    });
  }

  async addServiceAccount(account: ServiceAccount & { apiKeyHash: string }, bound: BoundRole): Promise<void> {
    if (bound.deploymentId !== null) await this.holdDeployment(bound.deploymentId);
    try {
      await this.manager.insert(ServiceAccountRow, account);
      await this.manager.insert(RoleBindingRow, {
        id: newId(),
        userId: null,
        serviceAccountId: account.id,
        teamId: null,
        ...bound,
        createdAt: this.clock(),
      });
    } catch (error) {
      // It was deleted at this moment.
      if (/_workspace_fkey$/.test(constraintOf(error) ?? "")) throw new NotFound("Workspace");
      throw error;
    }
  }

  /** Locks the Deployment against deletion: a deleted one keeps its row for a while, and must not get new keys. */
  private async holdDeployment(id: string): Promise<void> {
    const [held] = await this.manager.query<unknown[]>(
      "SELECT 1 FROM deployment WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE",
      [id],
    );
    if (held === undefined) throw new NotFound("Deployment");
  }

  lockServiceAccount(id: string): Promise<ServiceAccount | null> {
    return this.manager.findOne(ServiceAccountRow, { where: { id }, lock: { mode: "pessimistic_write" } });
  }

  async updateServiceAccount({ id, label, category, updatedAt }: ServiceAccount): Promise<void> {
    await this.manager.update(ServiceAccountRow, { id }, { label, category, updatedAt });
  }

  async setServiceAccountRole(serviceAccountId: string, role: Role): Promise<void> {
    await this.manager.update(RoleBindingRow, { serviceAccountId }, { role });
  }

  async removeServiceAccount(id: string): Promise<void> {
    await this.manager.delete(ServiceAccountRow, { id });
  }

  async forgetDeployment(deploymentId: string): Promise<void> {
    await this.manager.delete(ServiceAccountRow, { deploymentId });
    await this.manager.delete(RoleBindingRow, { deploymentId });
  }
}

async function unlessTaken(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const taken = TAKEN[constraintOf(error) ?? ""];
    if (taken !== undefined) throw new Conflict(taken, { cause: error });
    throw error;
  }
}
