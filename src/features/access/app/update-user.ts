import type { Clock } from "../../../kernel/clock";
import { isId, isSameId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Forbidden, NotFound } from "../../../kernel/errors";
import { can, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { requireAllGrantable } from "../domain/granting";
import type { RolePermissions } from "../domain/roles";
import { auditedUser, checkFullName, checkUsername, requireOwnAddress, type User } from "../domain/accounts";
import type { AccessTransaction } from "./ports";

export interface UpdateUserCommand {
  readonly actor: Actor;
  /** Undefined for oneself. */
  readonly userId?: string | undefined;
  /** Undefined keeps. */
  readonly username?: string | undefined;
  /** Undefined keeps, null clears. */
  readonly fullName?: string | null | undefined;
}

/** Changes the names of the caller, or of any user as an administrator. */
export class UpdateUser {
  constructor(
    private readonly unitOfWork: UnitOfWork<AccessTransaction>,
    private readonly roles: RolePermissions,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Forbidden for another user without system.iam.update, or whose roles hold what the actor lacks, and for a
   * service account without `userId`
   * @throws NotFound
   * @throws InvalidInput, also for a user name that is an address, but none of the user's own
   * @throws Conflict if another user signs in by the user name
   */
  async execute({ actor, userId = actor.id, username, fullName }: UpdateUserCommand): Promise<User> {
    const isSelf = actor.type === "USER" && isSameId(userId, actor.id);
    if (!isSelf && !can(actor, "system.iam.update", SYSTEM_SCOPE)) throw new Forbidden("system.iam.update");
    const changes = {
      ...(username !== undefined && { username: checkUsername(username) }),
      ...(fullName !== undefined && { fullName: checkFullName(fullName) }),
    };
    return this.unitOfWork.run(async ({ access, admins, audit }) => {
      // New user names wait for each other, so that each is compared with all others.
      if (username !== undefined) await access.lockUserCreation();
      const user = isId(userId) ? await access.lockUser(userId) : null;
      if (user === null) throw new NotFound("User");
      if (!isSelf) requireAllGrantable(actor, await admins.rolesOf({ userId: user.id }), this.roles);
      // A name from before this rule may stay as it is.
      if (changes.username !== undefined && changes.username !== user.username) {
        const emails = await access.emailsOf(user.id);
        requireOwnAddress(
          changes.username,
          emails.map(({ address }) => address),
        );
      }
      const updated = { ...user, ...changes, updatedAt: this.clock() };
      await access.updateUser(updated);
      await audit.add({
        actor,
        action: "user.update",
        object: auditedUser(updated),
        details: { ...(updated.username !== user.username && { formerUsername: user.username }) },
      });
      return updated;
    });
  }
}
