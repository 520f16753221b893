import type { Clock } from "../../../kernel/clock";
import { Conflict } from "../../../kernel/errors";
import { newId } from "../../../kernel/ids";
import { DAY_MS, plusMs, type Instant } from "../../../kernel/instant";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { auditedUser, type User } from "../domain/accounts";
import { requireAllGrantable } from "../domain/granting";
import type { RolePermissions } from "../domain/roles";
import { newOneTimeSecret } from "./one-time-secret";
import type { AccessTransaction, SessionTokens } from "./ports";

/** What the inviter hands on, so that the invited person sets a password. */
export interface Invitation {
  readonly token: string;
  readonly email: string;
  readonly expiresAt: Instant;
}

export interface InviteUserCommand {
  readonly actor: Actor;
  readonly address: string;
  readonly username: string;
  readonly fullName: string | null;
}

const INVITATION_LIVES_MS = 7 * DAY_MS;

/**
 * Lets somebody in. The account is pending until its owner has set a password by the invitation, or has signed in through
 * a provider: the inviter vouches for the address, and gets neither a session of the account nor its password.
 */
export class InviteUser {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly roles: RolePermissions;
      readonly tokens: SessionTokens;
      readonly clock: Clock;
      /** Without passwords there is nothing to set, and people sign in through a provider. */
      readonly localEnabled: boolean;
    },
  ) {}

  /**
   * If the address has a pending account, invites its owner: the account keeps its id and roles, loses its password, and
   * gets the new names. An earlier invitation ends.
   * @throws Unauthenticated, Forbidden, also if the account has roles that the actor may not grant
   * @throws Conflict if the address has an active account, or somebody signs in by the user name
   */
  async execute({
    actor: caller,
    address,
    ...names
  }: InviteUserCommand): Promise<{ user: User; invitation: Invitation | null }> {
    const { unitOfWork, roles, tokens, clock } = this.deps;
    return unitOfWork.run(async ({ access, admins, actors, audit, invitations }) => {
      await access.lockUserCreation();
      const actor = await actors.current(caller);
      requirePermission(actor, "system.user.invite", SYSTEM_SCOPE);
      const now = clock();
      const owner = await access.findUserByEmail(address);
      const present = owner && (await access.lockUser(owner.id));
      let user: User;
      if (present === null) {
        user = { id: newId(), ...names, status: "pending", createdAt: now, updatedAt: now };
        await access.addUser({ ...user, passwordHash: null }, { address, verified: true });
      } else {
        if (present.status !== "pending") throw new Conflict("A user with this e-mail address exists already");
        // The invited person will act with the roles of the account.
        requireAllGrantable(actor, await admins.rolesOf({ userId: present.id }), roles);
        user = { ...present, ...names, updatedAt: now };
        await access.updateUser(user);
        await access.setPassword(user.id, { hash: null, sessionsFrom: tokens.now() });
        await access.markEmailVerified(address);
      }
      const { secret, digest } = newOneTimeSecret();
      const expiresAt = plusMs(now, INVITATION_LIVES_MS);
      const { localEnabled } = this.deps;
      if (localEnabled) await invitations.put({ userId: user.id, tokenHash: digest, expiresAt });
      await audit.add({
        actor,
        action: present === null ? "user.create" : "user.invite",
        object: auditedUser(user),
        details: { status: user.status },
      });
      return { user, invitation: localEnabled ? { token: secret, email: address, expiresAt } : null };
    });
  }
}
