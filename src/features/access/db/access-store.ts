import { IsNull, type EntityManager } from "typeorm";
import { newId } from "../../../shared/app/ids";
import type { Clock } from "../../../shared/app/clock";
import { constraintOf } from "../../../shared/db/unit-of-work";
import { Conflict, NotFound } from "../../../shared/domain/errors";
import type { AccessStores } from "../app/ports";
import type { RoleBinding, ServiceAccount, User } from "../domain/accounts";
import type { BoundRole, Role } from "../domain/roles";
import { EmailRow, RoleBindingRow, ServiceAccountRow, UserRow } from "./access.rows";

/** Any constant will do that nothing else locks on. */
const USER_CREATION_LOCK = 7_209_431;

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
    await this.manager.query("SELECT pg_advisory_xact_lock($1)", [USER_CREATION_LOCK]);
  }

  hasUsers(): Promise<boolean> {
    return this.manager.exists(UserRow);
  }

  async addUser(user: User & { passwordHash: string | null }, address: string): Promise<void> {
    // People sign in by either, in any case: a name that is somebody's address would lead to the wrong account.
    const [namesake] = await this.manager.query<unknown[]>(
      `SELECT 1 FROM app_user WHERE lower(username) IN (lower($1), lower($2))
       UNION ALL SELECT 1 FROM email WHERE address = lower($1) LIMIT 1`,
      [user.username, address],
    );
    if (namesake !== undefined) throw new Conflict("Somebody signs in by this user name or e-mail address already");
    try {
      await this.manager.insert(UserRow, user);
      await this.manager.insert(EmailRow, { address, userId: user.id, verified: true, primary: true });
    } catch (error) {
      const taken = TAKEN[constraintOf(error) ?? ""];
      if (taken !== undefined) throw new Conflict(taken, { cause: error });
      throw error;
    }
  }

  async findUserByEmail(address: string): Promise<User | null> {
    const email = await this.manager.findOne(EmailRow, { where: { address }, relations: { user: true } });
    return email?.user ?? null;
  }

  findUser(id: string): Promise<User | null> {
    return this.manager.findOneBy(UserRow, { id });
  }

  async bindUser(userId: string, bound: BoundRole): Promise<RoleBinding> {
    const where = { userId, workspaceId: bound.workspaceId ?? IsNull(), deploymentId: bound.deploymentId ?? IsNull() };
    const present = await this.manager.findOneBy(RoleBindingRow, where);
    if (present !== null) {
      await this.manager.update(RoleBindingRow, { id: present.id }, { role: bound.role });
      return { ...present, role: bound.role };
    }
    const binding = { id: newId(), userId, serviceAccountId: null, ...bound };
    await this.manager.insert(RoleBindingRow, { ...binding, createdAt: this.clock() });
    return binding;
  }

  async unbindUser(userId: string, { workspaceId }: { workspaceId: string }): Promise<boolean> {
    const { affected } = await this.manager.delete(RoleBindingRow, { userId, workspaceId });
    return (affected ?? 0) > 0;
  }

  async unbindUserFromDeploymentsOf(userId: string, { workspaceId }: { workspaceId: string }): Promise<void> {
    await this.manager.query(
      `DELETE FROM role_binding
       WHERE user_id = $1 AND deployment_id IN (SELECT id FROM deployment WHERE workspace_id = $2)`,
      [userId, workspaceId],
    );
  }

  findUserBinding(userId: string, { workspaceId }: { workspaceId: string }): Promise<RoleBinding | null> {
    return this.manager.findOneBy(RoleBindingRow, { userId, workspaceId });
  }

  async countUserBindings(role: Role, { workspaceId }: { workspaceId: string }): Promise<number> {
    const bindings = await this.manager.findBy(RoleBindingRow, { role, workspaceId });
    return bindings.filter(({ userId }) => userId !== null).length;
  }

  async addServiceAccount(account: ServiceAccount & { apiKeyHash: string }, bound: BoundRole): Promise<void> {
    if (bound.deploymentId !== null) await this.holdDeployment(bound.deploymentId);
    try {
      await this.manager.insert(ServiceAccountRow, account);
      await this.manager.insert(RoleBindingRow, {
        id: newId(),
        userId: null,
        serviceAccountId: account.id,
        ...bound,
        createdAt: this.clock(),
      });
    } catch (error) {
      // It was deleted at this moment.
      if (/_workspace_fkey$/.test(constraintOf(error) ?? "")) throw new NotFound("Workspace");
      throw error;
    }
  }

  /** Whoever deletes it waits, or is waited for: the row of one that is hidden stays, and no key may be left on it. */
  private async holdDeployment(id: string): Promise<void> {
    const [held] = await this.manager.query<unknown[]>("SELECT 1 FROM deployment WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE", [id]);
    if (held === undefined) throw new NotFound("Deployment");
  }

  findServiceAccount(id: string): Promise<ServiceAccount | null> {
    return this.manager.findOneBy(ServiceAccountRow, { id });
  }

  async removeServiceAccount(id: string): Promise<void> {
    await this.manager.delete(ServiceAccountRow, { id });
  }

  async forgetDeployment(deploymentId: string): Promise<void> {
    await this.manager.delete(ServiceAccountRow, { deploymentId });
    await this.manager.delete(RoleBindingRow, { deploymentId });
  }
}
