import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { countedAddress } from "../../../kernel/counted-address";
import { Forbidden, InvalidInput } from "../../../kernel/errors";
import { can, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { readLine } from "../../../kernel/text";
import {
  auditedUser,
  checkEmail,
  checkFullName,
  checkUsername,
  requireOwnAddress,
  type User,
} from "../domain/accounts";
import { checkPassword, requireNoName } from "../domain/passwords";
import type { AcceptInvitation } from "./accept-invitation";
import type { FirstAdministrator } from "./first-administrator";
import type { HashQueue } from "./hash-queue";
import type { Invitation, InviteUser } from "./invite-user";
import type { AccessTransaction, PasswordHasher, SessionTokens, SignUpLimiter } from "./ports";

export interface CreateUserCommand {
  /** Null for a caller without a session. */
  readonly actor: Actor | null;
  readonly email: string;
  /** Checked, and dropped, if the caller invites somebody. */
  readonly password: string;
  readonly username?: string | undefined;
  readonly fullName?: string | undefined;
  /** Of an invitation, to accept it; for the first user the secret of the first administrator. */
  readonly inviteToken?: string | undefined;
  /** The caller's address, if they have no session. */
  readonly request?: Actor["request"];
}

export interface CreatedUser {
  readonly user: User;
  /** Null for a user who is pending. */
  readonly token: string | null;
  /** Null unless the caller has invited somebody who is to set a password. */
  readonly invitation: Invitation | null;
}

interface SignUp {
  readonly caller: Actor | null;
  readonly request: Actor["request"];
  readonly address: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly password: string;
  /** The secret of the first administrator, or empty. */
  readonly secret: string;
}

/**
 * The ways to an account with a password. A caller who has an invitation accepts it. One who may invite users makes an
 * invitation. Anybody else signs up: the first user needs the secret of the first administrator and becomes SYSTEM_ADMIN,
 * later ones need public sign-ups, and are pending until an administrator has confirmed the address, unless confirmation
 * is off.
 */
export class CreateUser {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly invite: InviteUser;
      readonly accept: AcceptInvitation;
      readonly firstAdministrator: FirstAdministrator;
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
   * @throws Forbidden if the actor may not create users
   * @throws InvalidInput
   * @throws Conflict if the user name or the address is taken
   * @throws TooManyAttempts after too many sign-ups, and if too many passwords are being hashed
   */
  async execute({ actor, ...command }: CreateUserCommand): Promise<CreatedUser> {
    const address = checkEmail(command.email);
    const given = readLine("username", command.username ?? "");
    const username = given ?? checkUsername(address, "email");
    requireOwnAddress(username, [address]);
    const fullName = checkFullName(command.fullName ?? null);
    const password = checkPassword(command.password);
    requireNoName(password, [address, username, fullName]);
    const request = command.request ?? actor?.request;
    const inviteToken = (command.inviteToken ?? "").trim();
    const hasUsers = await this.deps.unitOfWork.run(({ access }) => access.hasUsers());
    if (inviteToken !== "" && hasUsers) {
      const accepted = { address, password, inviteToken, username: given ?? undefined, request };
      return { ...(await this.deps.accept.execute(accepted)), invitation: null };
    }
    if (actor !== null && mayInvite(actor))
      return { ...(await this.deps.invite.execute({ actor, address, username, fullName })), token: null };
    // Checked before the expensive hash, and again below under the lock that allows one first user only.
    if (hasUsers) await this.admitSignUp(request?.address ?? "unknown");
    else this.requireSecret(inviteToken);
    return this.signUp({ caller: actor, request, address, username, fullName, password, secret: inviteToken });
  }

  private async signUp({ caller, request, password, secret, address, ...names }: SignUp): Promise<CreatedUser> {
    const { unitOfWork, hashing, passwords, tokens, clock, publicSignups, emailConfirmation } = this.deps;
    const from = countedAddress(request?.address ?? "unknown");
    const passwordHash = await hashing.run(from, () => passwords.hash(password));
    const provenAt = tokens.now();
    const user = await unitOfWork.run(async ({ access, actors, audit }) => {
      await access.lockUserCreation();
      const actor = caller && (await actors.current(caller));
      const isFirst = !(await access.hasUsers());
      if (isFirst) this.requireSecret(secret);
      else if (secret !== "") throw new InvalidInput("inviteToken", "was used already: there is a first user");
      else if (!publicSignups) throw new Forbidden("system.user.invite");
      const now = clock();
      const status = isFirst || !emailConfirmation ? "active" : "pending";
      const created: User = { id: newId(), ...names, status, createdAt: now, updatedAt: now };
      // A sign-up can name another person's address: single sign-on must not lead that person into this account.
      await access.addUser({ ...created, passwordHash }, { address, verified: isFirst });
      if (isFirst) await access.bindUser(created.id, { role: "SYSTEM_ADMIN", workspaceId: null, deploymentId: null });
      await audit.add({
        actor: actor ?? {
          id: created.id,
          type: "USER",
          label: created.fullName ?? created.username,
          grants: [],
          ...(request && { request }),
        },
        action: "user.create",
        object: auditedUser(created),
        details: { status },
      });
      return created;
    });
    const token = user.status === "active" ? await tokens.issue(user.id, { provenAt }) : null;
    return { user, token, invitation: null };
  }

  /** @throws InvalidInput */
  private requireSecret(given: string): void {
    if (!this.deps.firstAdministrator.isSecret(given))
      throw new InvalidInput(
        "inviteToken",
        "has to be the secret for the first user: BOOTSTRAP_TOKEN, or the one that the service has printed at its start",
      );
  }

  private async admitSignUp(address: string): Promise<void> {
    if (!this.deps.publicSignups) throw new Forbidden("system.user.invite");
    await this.deps.signUps.signUp(address);
  }
}

const mayInvite = (actor: Actor): boolean => can(actor, "system.user.invite", SYSTEM_SCOPE);
