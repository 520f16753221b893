import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { auditedUser, checkEmail } from "../domain/accounts";
import { requireAllGrantable } from "../domain/granting";
import type { RolePermissions } from "../domain/roles";
import type { AccessTransaction, SessionTokens } from "./ports";

/**
 * Confirms that an address is its user's: an administrator does, who knows the person, as the installation
 * sends no mail. A user who was pending can act from then on, with the roles that were given meanwhile.
 *
 * Whoever made the account may have been somebody else than the person with the address. So the password that was set
 * before is taken away, and sessions end; the person gets a new one, or signs in through a provider.
 */
export class VerifyEmail {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly roles: RolePermissions;
      readonly tokens: SessionTokens;
      readonly clock: Clock;
    },
  ) {}

  /**
   * Confirms an address. Repeating it changes nothing.
   * @throws Forbidden without system.user.verifyEmail, or if the user would get to act with more than the actor may
   * @throws InvalidInput if it is no address
   * @throws NotFound if no user has the address
   */
  async execute({ actor, email: given }: { readonly actor: Actor; readonly email: string }): Promise<void> {
    requirePermission(actor, "system.user.verifyEmail", SYSTEM_SCOPE);
    const address = checkEmail(given);
    await this.deps.unitOfWork.run(async ({ access, admins, audit }) => {
      const owner = await access.findUserByEmail(address);
      const user = owner && (await access.lockUser(owner.id));
      if (user === null) throw new NotFound("User");
      const email = await access.findEmail(address);
      await access.markEmailVerified(address);
      if (user.status === "pending" || email?.verified !== true)
        await access.setPassword(user.id, { hash: null, sessionsFrom: this.deps.tokens.now() });
      if (user.status === "pending") {
        requireAllGrantable(actor, await admins.rolesOf({ userId: user.id }), this.deps.roles);
        await access.updateUser({ ...user, status: "active", updatedAt: this.deps.clock() });
      }
      await audit.add({
        actor,
        action: "user.verify_email",
        object: auditedUser(user),
        details: { email: address, formerStatus: user.status },
      });
    });
  }
}
