import { isId, isSameId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { InvalidInput, NotFound } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { auditedUser, type Email, type User } from "../domain/accounts";
import { requireAllGrantable } from "../domain/granting";
import type { RolePermissions } from "../domain/roles";
import { keepAdmins } from "./keep-admins";
import type { AccessTransaction } from "./ports";

export interface RemoveUserCommand {
  readonly actor: Actor;
  /** One of both, or the same in both. Empty text counts as absent. */
  readonly id: string | null;
  readonly userUuid: string | null;
}

export interface RemovedUser {
  readonly user: User;
  /** The addresses of the removed user. */
  readonly emails: readonly Email[];
}

/**
 * Removes an account, with its addresses, roles and memberships; its sessions end at once. History and audit trail keep
 * the name. Service accounts stay: they belong to their Workspace or Deployment, not to the user who created them.
 */
export class RemoveUser {
  constructor(
    private readonly unitOfWork: UnitOfWork<AccessTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * @throws Forbidden without system.user.delete, or if the user's roles hold what the actor lacks
   * @throws InvalidInput unless one is named
   * @throws NotFound
   * @throws Conflict if this is the last SYSTEM_ADMIN, or the last WORKSPACE_ADMIN of a Workspace
   */
  async execute({ actor, id, userUuid }: RemoveUserCommand): Promise<RemovedUser> {
    requirePermission(actor, "system.user.delete", SYSTEM_SCOPE);
    const userId = id || userUuid;
    if (!userId) throw new InvalidInput("id", "has to be given");
    if (userUuid && !isSameId(userUuid, userId)) throw new InvalidInput("userUuid", "is another user than id");
    return this.unitOfWork.run(async ({ access, admins, audit }) => {
      const user = isId(userId) ? await access.lockUser(userId) : null;
      if (user === null) throw new NotFound("User");
      requireAllGrantable(actor, await admins.rolesOf({ userId: user.id }), this.roles);
      const emails = await access.emailsOf(user.id);
      await keepAdmins(admins, [{ userId: user.id }], () => access.removeUser(user.id));
      await audit.add({ actor, action: "user.remove", object: auditedUser(user) });
      return { user, emails };
    });
  }
}
