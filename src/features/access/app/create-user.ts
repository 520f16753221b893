import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { countedAddress } from "../../../kernel/counted-address";
import { Forbidden } from "../../../kernel/errors";
import { can, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { readLine } from "../../../kernel/text";
import { auditedUser, checkEmail, checkFullName, checkPassword, checkUsername, type User } from "../domain/accounts";
import type { HashQueue } from "./hash-queue";
import type { AccessTransaction, PasswordHasher, SessionTokens, SignUpLimiter } from "./ports";

export interface CreateUserCommand {
  /** Null for a caller without a session. */
  readonly actor: Actor | null;
  readonly email: string;
  readonly password: string;
  readonly username?: string | undefined;
  readonly fullName?: string | undefined;
  /** The caller's address, if they have no session. */
  readonly request?: Actor["request"];
}

/**
 * Creates a user with a password. The first user needs no permission and becomes SYSTEM_ADMIN. After that callers need
 * the permission to invite users, unless public sign-ups are on.
 *
 * The address of an invited user counts as confirmed. A user who signed up is pending until an administrator has
 * confirmed the address, unless confirmation is off.
 */
export class CreateUser {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly passwords: PasswordHasher;
      readonly hashing: HashQueue;
      readonly signUps: SignUpLimiter;
      readonly tokens: SessionTokens;
      readonly clock: Clock;
      readonly publicSignups: boolean;
      readonly emailConfirmation: boolean;
    },
  ) {}

  /**
   * The token is null for a user who is pending.
   * @throws Forbidden if the actor may not create users
   * @throws InvalidInput
   * @throws Conflict if the user name or the address is taken
   * @throws TooManyAttempts after too many sign-ups, and if too many passwords are being hashed
   */
  async execute({ actor: caller, ...command }: CreateUserCommand): Promise<{ user: User; token: string | null }> {
    const address = checkEmail(command.email);
    const username = readLine("username", command.username ?? "") ?? checkUsername(address, "email");
    const password = checkPassword(command.password);
    const from = (command.request ?? caller?.request)?.address ?? "unknown";
    // Checked before the expensive hash, and again below under the lock that allows one first user only.
    if (!mayInvite(caller) && (await this.deps.unitOfWork.run(({ access }) => access.hasUsers())))
      await this.admitSignUp(from);
    const passwordHash = await this.deps.hashing.run(countedAddress(from), () => this.deps.passwords.hash(password));

    const provenAt = this.deps.tokens.now();
    const user = await this.deps.unitOfWork.run(async ({ access, actors, audit }) => {
      await access.lockUserCreation();
      // Hashing may have waited its turn.
      const actor = caller && (await actors.current(caller));
      const isFirst = !(await access.hasUsers());
      if (!isFirst && !this.mayCreate(actor)) throw new Forbidden("system.user.invite");
      const isTrusted = isFirst || mayInvite(actor);
      const now = this.deps.clock();
      const created: User = {
        id: newId(),
        username,
        fullName: checkFullName(command.fullName ?? null),
        status: isTrusted || !this.deps.emailConfirmation ? "active" : "pending",
        createdAt: now,
        updatedAt: now,
      };
      // A sign-up can name another person's address: single sign-on must not lead that person into this account.
      await access.addUser({ ...created, passwordHash }, { address, verified: isTrusted });
      if (isFirst) await access.bindUser(created.id, { role: "SYSTEM_ADMIN", workspaceId: null, deploymentId: null });
      await audit.add({
        actor: actor ?? {
          id: created.id,
          type: "USER",
          label: created.fullName ?? username,
          grants: [],
          ...(command.request && { request: command.request }),
        },
        action: "user.create",
        object: auditedUser(created),
        details: { status: created.status },
      });
      return created;
    });
    return { user, token: user.status === "active" ? await this.deps.tokens.issue(user.id, { provenAt }) : null };
  }

  private async admitSignUp(address: string): Promise<void> {
    if (!this.deps.publicSignups) throw new Forbidden("system.user.invite");
    await this.deps.signUps.signUp(address);
  }

  private mayCreate(actor: Actor | null): boolean {
    return this.deps.publicSignups || mayInvite(actor);
  }
}

const mayInvite = (actor: Actor | null): boolean => actor !== null && can(actor, "system.user.invite", SYSTEM_SCOPE);
