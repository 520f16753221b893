import type { Clock } from "../../../kernel/clock";
import { countedAddress } from "../../../kernel/counted-address";
import { FeatureDisabled, InvalidInput } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { auditedUser, type User } from "../domain/accounts";
import { requireNoName } from "../domain/passwords";
import type { HashQueue } from "./hash-queue";
import { digestOf } from "./one-time-secret";
import type { AccessTransaction, PasswordHasher, SessionTokens } from "./ports";

export interface AcceptInvitationCommand {
  readonly address: string;
  readonly password: string;
  readonly inviteToken: string;
  /** Undefined keeps the one that the inviter has given. */
  readonly username: string | undefined;
  readonly request: Actor["request"];
}

const invalidToken = (): InvalidInput =>
  new InvalidInput("inviteToken", "is not valid for this address, was used already, or has expired");

/** The invited person sets a password, and is signed in. An invitation works once. */
export class AcceptInvitation {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly passwords: PasswordHasher;
      readonly hashing: HashQueue;
      readonly tokens: SessionTokens;
      readonly clock: Clock;
      readonly localEnabled: boolean;
    },
  ) {}

  /**
   * @throws FeatureDisabled if signing in with a password is off
   * @throws InvalidInput if the token is not that of an open invitation of the address
   * @throws Conflict if somebody signs in by the user name
   * @throws TooManyAttempts if too many passwords are being hashed
   */
  async execute({
    address,
    password,
    inviteToken,
    username,
    request,
  }: AcceptInvitationCommand): Promise<{ user: User; token: string }> {
    const { unitOfWork, passwords, hashing, tokens, clock, localEnabled } = this.deps;
    if (!localEnabled) throw new FeatureDisabled("astronomer.houston.config.auth.local.enabled");
    const find = async ({ access, invitations }: AccessTransaction): Promise<User> => {
      const invitation = await invitations.find(digestOf(inviteToken));
      const owner = await access.findUserByEmail(address);
      const isOpen = invitation !== null && invitation.userId === owner?.id && invitation.expiresAt > clock();
      const user = isOpen ? await access.lockUser(invitation.userId) : null;
      if (user === null) throw invalidToken();
      return user;
    };
    // Before the expensive hash, and again below under the lock.
    const { username: present, fullName } = await unitOfWork.run(find);
    requireNoName(password, [address, present, fullName]);
    const hash = await hashing.run(countedAddress(request?.address ?? "unknown"), () => passwords.hash(password));
    const { user, provenAt } = await unitOfWork.run(async (tx) => {
      await tx.access.lockUserCreation();
      const invited = await find(tx);
      // Another acceptance may have come first, and ended when this one got the lock.
      if (!(await tx.invitations.remove(invited.id))) throw invalidToken();
      const now = tokens.now();
      const accepted: User = {
        ...invited,
        ...(username !== undefined && { username }),
        status: "active",
        updatedAt: clock(),
      };
      await tx.access.updateUser(accepted);
      await tx.access.setPassword(accepted.id, { hash, sessionsFrom: now });
      await tx.audit.add({
        actor: {
          id: accepted.id,
          type: "USER",
          label: accepted.fullName ?? accepted.username,
          grants: [],
          ...(request && { request }),
        },
        action: "user.accept_invitation",
        object: auditedUser(accepted),
      });
      return { user: accepted, provenAt: now };
    });
    return { user, token: await tokens.issue(user.id, { provenAt }) };
  }
}
