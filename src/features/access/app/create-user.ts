import type { Clock } from "../../../shared/app/clock";
import { newId } from "../../../shared/app/ids";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import { Forbidden, InvalidInput } from "../../../shared/domain/errors";
import { can, SYSTEM_SCOPE, type Actor } from "../../../shared/domain/permissions";
import { checkEmail, checkPassword, type User } from "../domain/accounts";
import type { AccessStores, PasswordHasher, SessionTokens } from "./ports";

export interface CreateUserCommand {
  /** Null where nobody is signed in. */
  readonly actor: Actor | null;
  readonly email: string;
  readonly password: string;
  readonly username?: string | undefined;
  readonly fullName?: string | undefined;
}

const USERNAME_MOST = 190;

/**
 * Creates a user with a password. While there is no user at all anybody may, and becomes SYSTEM_ADMIN;
 * after that whoever may invite users may, and everybody where public sign-ups are on.
 */
export class CreateUser {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessStores>;
      readonly passwords: PasswordHasher;
      readonly tokens: SessionTokens;
      readonly clock: Clock;
      readonly publicSignups: boolean;
    },
  ) {}

  /**
   * @throws Forbidden if the actor may not create users
   * @throws InvalidInput
   * @throws Conflict if the user name or the address is taken
   */
  async execute({ actor, ...command }: CreateUserCommand): Promise<{ user: User; token: string }> {
    const address = checkEmail(command.email);
    const username = (command.username ?? "").trim() || address;
    if (username.length > USERNAME_MOST) throw new InvalidInput(username === address ? "email" : "username", `has at most ${USERNAME_MOST} characters`);
    const password = checkPassword(command.password);
    // Before the hash, which costs; and again below, where nobody else becomes the first meanwhile.
    if (!this.mayCreate(actor) && (await this.deps.unitOfWork.run((stores) => stores.hasUsers()))) throw new Forbidden("system.user.invite");
    const passwordHash = await this.deps.passwords.hash(password);

    const user = await this.deps.unitOfWork.run(async (stores) => {
      await stores.lockUserCreation();
      const isFirst = !(await stores.hasUsers());
      if (!isFirst && !this.mayCreate(actor)) throw new Forbidden("system.user.invite");
      const now = this.deps.clock();
      const created: User = {
        id: newId(),
        username,
        fullName: (command.fullName ?? "").trim() || null,
        status: "active",
        createdAt: now,
        updatedAt: now,
      };
      await stores.addUser({ ...created, passwordHash }, address);
      if (isFirst) await stores.bindUser(created.id, { role: "SYSTEM_ADMIN", workspaceId: null, deploymentId: null });
      return created;
    });
    return { user, token: await this.deps.tokens.issue(user.id) };
  }

  private mayCreate(actor: Actor | null): boolean {
    return this.deps.publicSignups || (actor !== null && can(actor, "system.user.invite", SYSTEM_SCOPE));
  }
}
